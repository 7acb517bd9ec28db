// Package demo writes the evidence of a made-up intrusion: the event logs of
// five invented machines over three days, in which an espionage group of the
// kind reported as Earth Estries takes over an administrator's account,
// spreads, steals and cleans up, in the middle of ordinary work.
//
// The evidence consists of log records only. Nothing in it can be run: files,
// hashes and addresses are invented or reserved for documentation, apart from
// the names that public reports print and that a hunt is meant to recognise.
// README.md in this folder tells the story step by step.
package demo

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tyto/evtx"
)

// DefaultSeed is the seed of the evidence that README.md describes.
const DefaultSeed uint64 = 1

// shadowTime is when the shadow copy of EX01's volume was made: after the
// upload, before the logs were cleared.
var shadowTime = at(10, "04:00:00")

// Write writes the evidence into dir, which it creates if need be, and
// returns the paths of the files written, in order. Equal seeds give equal
// bytes on every machine. The seed changes details (numbers, the order of
// ordinary work), never the story.
func Write(dir string, seed uint64) ([]string, error) {
	w := newWorld(seed)
	w.ordinary()
	w.intrude()
	var paths []string
	for _, h := range w.hosts() {
		for _, channel := range h.channels() {
			path := filepath.Join(dir, h.name, logName(channel))
			if err := writeFile(path, func(out io.Writer) error {
				return writeLog(out, h.entries(channel, false))
			}); err != nil {
				return paths, err
			}
			paths = append(paths, path)
		}
	}
	path := filepath.Join(dir, "EX01-shadow-copy.zip")
	if err := writeFile(path, w.ex01.writeShadow); err != nil {
		return paths, err
	}
	return append(paths, path), nil
}

// logName is a channel's file name on disk.
func logName(channel string) string { return strings.ReplaceAll(channel, "/", "%4") + ".evtx" }

func writeFile(path string, write func(io.Writer) error) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("writing demonstration evidence: %w", err)
	}
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("writing demonstration evidence: %w", err)
	}
	err = write(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

func writeLog(out io.Writer, entries []evtx.Entry) error {
	w := evtx.NewWriter(out)
	for _, e := range entries {
		if err := w.Write(e); err != nil {
			return fmt.Errorf("%s: %w", e, err)
		}
	}
	return w.Close()
}

// writeShadow writes a zip file with two logs as they were in a shadow copy:
// the Security log, later cleared, and the Sysmon log, whose records are
// still in the live log too.
func (h *host) writeShadow(out io.Writer) error {
	z := zip.NewWriter(out)
	for _, channel := range []string{channelSecurity, channelSysmon} {
		f, err := z.CreateHeader(&zip.FileHeader{
			Name:     "HarddiskVolumeShadowCopy1/Windows/System32/winevt/Logs/" + logName(channel),
			Method:   zip.Deflate,
			Modified: shadowTime,
		})
		if err != nil {
			return err
		}
		var log bytes.Buffer
		if err := writeLog(&log, until(h.entries(channel, true), shadowTime)); err != nil {
			return err
		}
		if _, err := log.WriteTo(f); err != nil {
			return err
		}
	}
	return z.Close()
}

// until cuts entries, sorted by time, at a time.
func until(entries []evtx.Entry, end time.Time) []evtx.Entry {
	for i, e := range entries {
		if e.Time.After(end) {
			return entries[:i]
		}
	}
	return entries
}
