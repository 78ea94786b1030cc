package local

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tree makes files, each of which contains its own path, and returns the directory that holds them.
func tree(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		file := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(name), 0o600))
	}
	return dir
}

func TestGlobs(t *testing.T) {
	dir := tree(t, "a.txt", "b.txt", "src/index.js", "src/deep/more.js", "src/secret.js")
	for _, c := range []struct{ patterns, want []string }{
		{[]string{"*"}, []string{"a.txt", "b.txt"}},
		{[]string{"*.txt"}, []string{"a.txt", "b.txt"}},
		{[]string{"[a].txt"}, []string{"a.txt"}},
		{[]string{"{a,c}.txt", "src/*"}, []string{"a.txt", "src/index.js", "src/secret.js"}},
		{[]string{"src/**.js"}, []string{"src/deep/more.js", "src/index.js", "src/secret.js"}},
		{[]string{"src/**", "!**secret*"}, []string{"src/deep/more.js", "src/index.js"}},
		{[]string{"!**secret*", "src/*"}, []string{"src/index.js", "src/secret.js"}},
		{[]string{"**", "!src/**", "src/deep/*"}, []string{"a.txt", "b.txt", "src/deep/more.js"}},
		{[]string{"src"}, nil},
		{[]string{"./a.txt"}, nil},
		{[]string{dir + "/a.txt"}, nil},
		{[]string{}, nil},
	} {
		files, err := find(dir, c.patterns)
		require.NoError(t, err)
		assert.Equal(t, c.want, slices.Sorted(maps.Keys(files)), "%q", c.patterns)
	}
	_, err := find(dir, []string{"["})
	assert.Error(t, err)
	_, err = find(filepath.Join(dir, "none"), []string{"*"})
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func TestAssetsAndArchive(t *testing.T) {
	dir := tree(t, "old.txt", "kept.js")
	in := Process{Dir: &dir, AssetPaths: &[]string{"*.txt"}, ArchivePaths: &[]string{"**"}}
	results, err := in.run(context.Background(), "echo made > new.txt; rm old.txt", Results{})
	require.NoError(t, err)

	require.Contains(t, *results.Assets, "new.txt")
	assert.Len(t, *results.Assets, 1, "files as they are when the command has ended")
	asset := (*results.Assets)["new.txt"].Asset
	assert.Equal(t, dir+"/new.txt", asset.Path)
	assert.NotEmpty(t, asset.Hash)

	contents, ok := results.Archive.GetAssets()
	require.True(t, ok)
	assert.Equal(t, []string{"kept.js", "new.txt"}, slices.Sorted(maps.Keys(contents)))

	later, err := Process{}.run(context.Background(), "true", results)
	require.NoError(t, err)
	assert.Equal(t, results.Assets, later.Assets, "kept by a run that does not ask for files")
	assert.Equal(t, results.Archive, later.Archive)
}

func TestAssetsOfAFailedCommandAreNotCollected(t *testing.T) {
	in := Process{Dir: ref(tree(t, "a")), AssetPaths: &[]string{"["}}
	_, err := in.run(context.Background(), "exit 1", Results{})
	assert.ErrorContains(t, err, "exit status 1", "rather than the bad glob")
	_, err = in.run(context.Background(), "true", Results{})
	assert.Error(t, err)
}
