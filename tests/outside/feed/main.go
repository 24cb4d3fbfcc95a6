// Command feed carries a log's signed checkpoint to a witness, as a feeder does: the tiles are read and the proof is made by
// Tessera's client, the witness is asked by transparency-dev's own, and its cosignature is checked by their formats. It shares
// no code with the hub.
//
// Usage: feed FOLDER LOG_VKEY WITNESS_ADDRESS WITNESS_VKEY OLD_SIZE
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"

	f_note "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/tessera/client"
	w_http "github.com/transparency-dev/witness/client/http"
	"github.com/transparency-dev/witness/witness"
	"golang.org/x/mod/sumdb/note"
)

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Println("REFUSED:", err)
		os.Exit(1)
	}
	return value
}

func main() {
	ctx := context.Background()
	log := must(f_note.NewVerifier(os.Args[2]))
	cosigner := must(f_note.NewVerifierForCosignatureV1(os.Args[4]))
	target := w_http.NewWitness(must(url.Parse(os.Args[3])), http.DefaultClient)
	tiles := client.FileFetcher{Root: os.Args[1]}

	point, raw, _, err := client.FetchCheckpoint(ctx, tiles.ReadCheckpoint, log, log.Name())
	must(point, err)
	proofs := must(client.NewProofBuilder(ctx, point.Size, tiles.ReadTile))

	old := must(strconv.ParseUint(os.Args[5], 10, 64))
	var lines []byte
	for range 2 {
		var proof [][]byte
		if old > 0 {
			proof = must(proofs.ConsistencyProof(ctx, old, point.Size))
		}
		var stands uint64
		lines, stands, err = target.Update(ctx, old, raw, proof)
		if !errors.Is(err, witness.ErrCheckpointStale) {
			break
		}
		// A feeder may begin with any size: the conflict says where the witness stands.
		fmt.Printf("CONFLICT %d %d\n", old, stands)
		old = stands
	}
	must(lines, err)
	opened := must(note.Open(append(raw, lines...), note.VerifierList(log, cosigner)))
	if len(opened.Sigs) != 2 {
		must(0, fmt.Errorf("the witness did not cosign it"))
	}
	fmt.Printf("OK %s %d\n", log.Name(), point.Size)
}
