package remote

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/pkg/sftp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"container-network-labs/stand-ins/command/sshtest"
)

// files is what a directory holds: contents by path, "/" for a directory.
type files map[string]string

func (f files) write(t *testing.T, dir string) {
	t.Helper()
	for name, content := range f {
		file := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		if content == "/" {
			require.NoError(t, os.MkdirAll(file, 0o755))
		} else {
			require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		}
	}
}

func read(t *testing.T, dir string) files {
	t.Helper()
	found := files{}
	require.NoError(t, filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, file)
		if err != nil || name == "." {
			return err
		}
		if entry.IsDir() {
			found[name] = "/"
			return nil
		}
		content, err := os.ReadFile(file)
		found[name] = string(content)
		return err
	}))
	return found
}

// startUpload returns an upload to a new server, and the directory in which its relative paths begin.
func startUpload(t *testing.T) (upload, string) {
	t.Helper()
	t.Setenv("SSH_AUTH_SOCK", "")
	dir := t.TempDir()
	client, err := sftp.NewClient(mustDial(t, connection(sshtest.Start(t, sshtest.Options{Dir: dir}))))
	require.NoError(t, err)
	t.Cleanup(func() { client.Close() })
	return upload{client}, dir
}

var source = files{"src": "/", "src/a": "new a", "src/one": "/", "src/one/b": "new b", "file": "new file"}

func TestUploadPath(t *testing.T) {
	copied := func(prefix string, rest files) files {
		want := files{prefix + "a": "new a", prefix + "one": "/", prefix + "one/b": "new b"}
		for name, content := range rest {
			want[name] = content
		}
		return want
	}
	for name, c := range map[string]struct {
		before       files
		source, dest string
		want         files
		failure      string
	}{
		"file to nothing":     {files{}, "file", "f", files{"f": "new file"}, ""},
		"file, no parents":    {files{}, "file", "x/y/f", files{"x": "/", "x/y": "/", "x/y/f": "new file"}, ""},
		"file onto file":      {files{"f": "much older content"}, "file", "f", files{"f": "new file"}, ""},
		"file into directory": {files{"d": "/"}, "file", "d", files{"d": "/", "d/file": "new file"}, ""},
		"file under file":     {files{"f": "old"}, "file", "f/x", files{"f": "old"}, "remote path f/x"},
		"dir to nothing": {
			files{}, "src", "x/d", copied("x/d/src/", files{"x": "/", "x/d": "/", "x/d/src": "/"}), "",
		},
		"dir into directory": {
			files{"d/k": "keep"}, "src", "d", copied("d/src/", files{"d": "/", "d/k": "keep", "d/src": "/"}), "",
		},
		"dir onto the same": {
			files{"d/src/a": "old", "d/src/k": "keep"},
			"src", "d", copied("d/src/", files{"d": "/", "d/src": "/", "d/src/k": "keep"}), "",
		},
		"dir onto file": {files{"f": "old"}, "src", "f", files{"f": "old"}, "remote path f/src"},
		"dir, name is a file": {
			files{"d/src": "old"}, "src", "d", files{"d": "/", "d/src": "old"},
			"remote path d/src exists but is not a directory",
		},
		"dir/ to nothing":     {files{}, "src/", "d", copied("d/", files{"d": "/"}), ""},
		"dir/ into directory": {files{"d/k": "keep"}, "src/", "d", copied("d/", files{"d": "/", "d/k": "keep"}), ""},
		"dir/ onto file": {
			files{"f": "old"}, "src/", "f", files{"f": "old"}, "remote path f exists but is not a directory",
		},
		"dir/, file in place": {
			files{"d/one": "old"}, "src/", "d", files{"d": "/", "d/a": "new a", "d/one": "old"},
			"remote path d/one exists but is not a directory",
		},
		"directory in the way": {
			files{"d/a": "/"}, "src/", "d", files{"d": "/", "d/a": "/"}, "failed to create remote file d/a",
		},
		"no such source": {files{}, "none", "d", files{}, "no such file"},
		"no wildcards":   {files{}, "fil*", "d", files{}, "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			target, dir := startUpload(t)
			here := t.TempDir()
			source.write(t, here)
			c.before.write(t, dir)
			err := target.path(here+"/"+c.source, c.dest)
			if c.failure == "" {
				require.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, c.failure)
			}
			assert.Equal(t, c.want, read(t, dir))
		})
	}
}

func TestUploadText(t *testing.T) {
	target, dir := startUpload(t)
	files{"d": "/", "f": "much older content"}.write(t, dir)
	require.NoError(t, target.text("text", "f"))
	require.NoError(t, target.text("", "x/y/empty"))
	assert.EqualError(t, target.text("text", "d"),
		"remote path d is a directory; when using a text asset, remotePath must be a file path")
	assert.Equal(t, files{"d": "/", "f": "text", "x": "/", "x/y": "/", "x/y/empty": ""}, read(t, dir))
}

func TestUploadLargeFile(t *testing.T) {
	target, dir := startUpload(t)
	content := make([]byte, 3<<20)
	for i := range content {
		content[i] = byte(i * 7 >> 3)
	}
	large := filepath.Join(t.TempDir(), "large")
	require.NoError(t, os.WriteFile(large, content, 0o600))
	require.NoError(t, target.path(large, "large"))
	assert.Equal(t, string(content), read(t, dir)["large"])
}
