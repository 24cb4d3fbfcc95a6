// Command receipt checks a receipt of the hub (C2SP tlog-proof): the log's key signed the checkpoint, and the entry that the
// receipt carries stands in the tree that was signed. It shares no code with the hub: everything is transparency-dev's.
//
// Usage: receipt FILE VKEY
package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
)

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Println("WRONG:", err)
		os.Exit(1)
	}
	return value
}

// after gives what follows a word on its line.
func after(line, word string) string {
	rest, found := strings.CutPrefix(line, word+" ")
	if !found {
		must(0, fmt.Errorf("no %q where the format has it", word))
	}
	return rest
}

func main() {
	key := must(note.NewVerifier(os.Args[2]))
	head, signed, found := strings.Cut(string(must(os.ReadFile(os.Args[1]))), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		must(0, fmt.Errorf("not a tlog-proof that carries its entry"))
	}
	entry := must(base64.StdEncoding.DecodeString(after(lines[1], "extra")))
	index := must(strconv.ParseUint(after(lines[2], "index"), 10, 63))
	var path [][]byte
	for _, line := range lines[3:] {
		path = append(path, must(base64.StdEncoding.DecodeString(line)))
	}
	// The origin is the name of the log's key.
	checkpoint, _, _, err := log.ParseCheckpoint([]byte(signed), key.Name(), key)
	must(0, err)
	hash := rfc6962.DefaultHasher.HashLeaf(entry)
	must(0, proof.VerifyInclusion(rfc6962.DefaultHasher, index, checkpoint.Size, hash, path, checkpoint.Hash))
	fmt.Printf("OK %s %d of %d\n", checkpoint.Origin, index, checkpoint.Size)
}
