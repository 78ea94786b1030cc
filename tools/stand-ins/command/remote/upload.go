package remote

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/pkg/sftp"
)

// upload puts files on a server. Paths on the server are separated by slashes, whatever this machine uses.
type upload struct{ server *sftp.Client }

// text writes a file at dest, which must not be a directory. Missing parent directories are made.
func (u upload) text(content, dest string) error {
	existing, err := u.stat(dest)
	if err != nil {
		return err
	}
	if existing != nil && existing.IsDir() {
		return fmt.Errorf("remote path %s is a directory; when using a text asset, remotePath must be a file path", dest)
	}
	if err := u.makeParents(dest); err != nil {
		return err
	}
	file, err := u.create(dest)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := io.WriteString(file, content); err != nil {
		return fmt.Errorf("failed to write text content to remote path %s: %w", dest, err)
	}
	return nil
}

// path copies a file or a directory of this machine to dest, or into dest if that is a directory:
//
//	source  dest is a directory         dest is missing             dest is a file
//	file    dest/file                   dest, parents are made      dest is overwritten
//	dir     dest/dir                    dest/dir, both are made     error
//	dir/    dest/..., its contents      dest/..., dest is made      error
func (u upload) path(source, dest string) error {
	content, err := os.Open(source)
	if err != nil {
		return err
	}
	defer content.Close()
	info, err := content.Stat()
	if err != nil {
		return err
	}
	existing, err := u.stat(dest)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return u.directory(source, dest, existing)
	}
	if existing == nil {
		if err := u.makeParents(dest); err != nil {
			return err
		}
	} else if existing.IsDir() {
		dest = path.Join(dest, filepath.Base(source))
	}
	return u.file(source, dest)
}

func (u upload) directory(source, dest string, existing fs.FileInfo) error {
	if existing == nil {
		if err := u.server.MkdirAll(dest); err != nil {
			return fmt.Errorf("failed to create remote directory %s: %w", dest, err)
		}
	}
	if !strings.HasSuffix(source, "/") {
		dest = path.Join(dest, filepath.Base(source))
	}
	return fs.WalkDir(os.DirFS(source), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := path.Join(dest, name)
		if entry.IsDir() {
			return u.ensureDirectory(target)
		}
		return u.file(filepath.Join(source, name), target)
	})
}

func (u upload) ensureDirectory(dest string) error {
	existing, err := u.stat(dest)
	switch {
	case err != nil:
		return err
	case existing != nil && !existing.IsDir():
		return fmt.Errorf("remote path %s exists but is not a directory", dest)
	case existing == nil:
		if err := u.server.Mkdir(dest); err != nil {
			return fmt.Errorf("failed to create remote directory %s: %w", dest, err)
		}
	}
	return nil
}

func (u upload) file(source, dest string) error {
	content, err := os.Open(source)
	if err != nil {
		return err
	}
	defer content.Close()
	file, err := u.create(dest)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.ReadFrom(content); err != nil {
		return fmt.Errorf("failed to copy file %s to remote path %s: %w", source, dest, err)
	}
	return nil
}

func (u upload) create(dest string) (*sftp.File, error) {
	file, err := u.server.Create(dest)
	if err != nil {
		return nil, fmt.Errorf("failed to create remote file %s: %w", dest, err)
	}
	return file, nil
}

func (u upload) makeParents(dest string) error {
	if err := u.server.MkdirAll(path.Dir(dest)); err != nil {
		return fmt.Errorf("failed to create parent directories for %s: %w", dest, err)
	}
	return nil
}

// stat returns nil if there is nothing at dest.
func (u upload) stat(dest string) (fs.FileInfo, error) {
	info, err := u.server.Stat(dest)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("failed to stat remote path %s: %w", dest, err)
	}
	return info, nil
}
