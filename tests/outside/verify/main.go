// Command verify checks a log exported as C2SP tlog-tiles: the checkpoint's signature and, over the hash tiles, that every
// entry is the one that was signed. It shares no code with the hub: everything is golang.org/x/mod/sumdb.
//
// Usage: verify FOLDER VKEY
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Println("WRONG:", err)
		os.Exit(1)
	}
	return value
}

// folder reads tiles of height 8 from files; x/mod's paths begin with the height, C2SP's do not.
type folder string

func (f folder) Height() int                         { return 8 }
func (f folder) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range tiles {
		data, err := os.ReadFile(filepath.Join(string(f), "tile", strings.TrimPrefix(tile.Path(), "tile/8/")))
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

func main() {
	dir := os.Args[1]
	key := must(note.NewVerifier(os.Args[2]))
	signed := must(note.Open(must(os.ReadFile(filepath.Join(dir, "checkpoint"))), note.VerifierList(key)))
	lines := strings.Split(signed.Text, "\n")
	var size int64
	must(fmt.Sscanf(lines[1], "%d", &size))
	root := must(tlog.ParseHash(lines[2]))
	tree := tlog.Tree{N: size, Hash: root}
	hashes := tlog.TileHashReader(tree, folder(dir))
	for first := int64(0); first < size; first += 256 {
		width := min(256, size-first)
		places := make([]int64, width)
		for at := range places {
			places[at] = tlog.StoredHashIndex(0, first+int64(at))
		}
		leaves := must(hashes.ReadHashes(places))
		path := tlog.Tile{H: 8, L: -1, N: first / 256, W: int(width)}.Path()
		data := must(os.ReadFile(filepath.Join(dir, "tile/entries", strings.TrimPrefix(path, "tile/8/data/"))))
		for at, leaf := range leaves {
			end := 2 + int(binary.BigEndian.Uint16(data))
			if leaf != tlog.RecordHash(data[2:end]) {
				must(0, fmt.Errorf("entry %d is not the one that was signed", first+int64(at)))
			}
			data = data[end:]
		}
		if len(data) > 0 {
			must(0, fmt.Errorf("more follows entry %d in its bundle", first+width-1))
		}
	}
	fmt.Printf("OK %s %d\n", lines[0], size)
}
