// Go's side of `run --only files`: the same commands and answers as the C# mover, with io.Copy for everything.
// Built with `go build` where Go is installed.
package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

var moved int64

func check(err error) {
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
}

func count(n int64, err error) {
	check(err)
	atomic.AddInt64(&moved, n)
}

func send(path string, to net.Conn) {
	from, err := os.Open(path)
	check(err)
	defer from.Close()
	count(io.Copy(to, from))
}

func sendOutput(path string, to net.Conn) {
	process := exec.Command("cat", path)
	from, err := process.StdoutPipe()
	check(err)
	check(process.Start())
	count(io.Copy(to, from))
	check(process.Wait())
}

func store(path string, from io.Reader) {
	to, err := os.Create(path)
	check(err)
	defer to.Close()
	count(io.Copy(to, from))
}

func copyFile(fromPath, toPath string) {
	from, err := os.Open(fromPath)
	check(err)
	defer from.Close()
	store(toPath, from)
}

// At least once.
func repeat(seconds string, move func()) string {
	limit, err := strconv.ParseFloat(seconds, 64)
	check(err)
	started := time.Now()
	times := 0
	for times == 0 || time.Since(started).Seconds() < limit {
		move()
		times++
	}
	return fmt.Sprint("moved ", times, " ", time.Since(started).Seconds())
}

func sendAll(source, path, address, seconds string) string {
	to, err := net.Dial("tcp", address)
	check(err)
	defer to.Close()
	return repeat(seconds, func() {
		if source == "process" {
			sendOutput(path, to)
		} else {
			send(path, to)
		}
	})
}

func usage() string {
	var used syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	cpu := (used.Utime.Sec+used.Stime.Sec)*1000000 + used.Utime.Usec + used.Stime.Usec
	return fmt.Sprint("usage ", cpu, " 0 ", atomic.LoadInt64(&moved), " 0 0 0")
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	go func() {
		for {
			from, err := listener.Accept()
			check(err)
			store(os.Args[1], from)
			from.Close() // The client takes this for "stored".
		}
	}()
	fmt.Println("ready", listener.Addr())
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		switch words := strings.Fields(lines.Text()); words[0] {
		case "send":
			fmt.Println(sendAll(words[1], words[2], words[3], words[4]))
		case "copy":
			fmt.Println(repeat(words[3], func() { copyFile(words[1], words[2]) }))
		default:
			fmt.Println(usage())
		}
	}
}
