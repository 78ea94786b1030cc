package streams

import "bytes"

// longestLine is the number of bytes after which a line that does not end is logged in pieces, so that a command
// which never writes a newline is neither held up nor kept in memory twice.
const longestLine = 64 * 1024

// lineWriter calls emit for each line written to it, without its line ending.
type lineWriter struct {
	emit    func(line string)
	pending []byte
}

// Write never fails.
func (w *lineWriter) Write(data []byte) (int, error) {
	w.pending = append(w.pending, data...)
	for {
		line, rest, found := bytes.Cut(w.pending, []byte("\n"))
		switch {
		case found && len(line) <= longestLine:
			w.emit(string(bytes.TrimSuffix(line, []byte("\r"))))
			w.pending = rest
		case len(line) > longestLine:
			w.emit(string(line[:longestLine]))
			w.pending = w.pending[longestLine:]
		default:
			return len(data), nil
		}
	}
}

// flush emits the rest of what was written, if any.
func (w *lineWriter) flush() {
	if len(w.pending) > 0 {
		w.emit(string(bytes.TrimSuffix(w.pending, []byte("\r"))))
		w.pending = nil
	}
}
