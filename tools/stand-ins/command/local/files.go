package local

import (
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/gobwas/glob"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// collect adds the files that the inputs ask for, from under dir, to the results.
func (in Process) collect(dir string, results *Results) error {
	if in.AssetPaths != nil {
		files, err := find(dir, *in.AssetPaths)
		if err != nil {
			return err
		}
		assets := make(map[string]*types.AssetOrArchive, len(files))
		for name, file := range files {
			assets[name] = &types.AssetOrArchive{Asset: file}
		}
		results.Assets = &assets
	}
	if in.ArchivePaths != nil {
		files, err := find(dir, *in.ArchivePaths)
		if err != nil {
			return err
		}
		contents := make(map[string]any, len(files))
		for name, file := range files {
			contents[name] = file
		}
		if results.Archive, err = resource.NewAssetArchive(contents); err != nil {
			return err
		}
	}
	return nil
}

// rule is one pattern of a list: it takes the files that it matches in, or out again.
type rule struct {
	glob.Glob
	exclude bool
}

func parseRules(patterns []string) ([]rule, error) {
	rules := make([]rule, len(patterns))
	for i, pattern := range patterns {
		pattern, exclude := strings.CutPrefix(pattern, "!")
		compiled, err := glob.Compile(pattern, '/')
		if err != nil {
			return nil, err
		}
		rules[i] = rule{compiled, exclude}
	}
	return rules, nil
}

// find returns the files under dir that the patterns ask for, by their paths relative to dir.
func find(dir string, patterns []string) (map[string]*resource.Asset, error) {
	rules, err := parseRules(patterns)
	if err != nil {
		return nil, err
	}
	files := map[string]*resource.Asset{}
	err = fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !wanted(name, rules) {
			return err
		}
		files[name], err = resource.NewPathAsset(path.Join(dir, name))
		return err
	})
	if err != nil {
		return nil, err
	}
	return files, nil
}

// wanted lets the last rule that matches the name decide.
func wanted(name string, rules []rule) bool {
	for i := len(rules) - 1; i >= 0; i-- {
		if rules[i].Match(name) {
			return !rules[i].exclude
		}
	}
	return false
}
