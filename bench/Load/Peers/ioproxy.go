// The contender `go` of `run --only race`: a proxy with io.Copy, which splices from TCP to TCP.
// ioproxy LISTEN_PORT CONNECT_PORT, on loopback. Built with `go build` where Go is installed.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
)

func pump(to, from *net.TCPConn, done chan<- struct{}) {
	io.Copy(to, from)
	to.CloseWrite()
	done <- struct{}{}
}

func relay(client *net.TCPConn, address string) {
	defer client.Close()
	dialled, err := net.Dial("tcp4", address)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	upstream := dialled.(*net.TCPConn)
	defer upstream.Close()
	done := make(chan struct{}, 2)
	go pump(upstream, client, done)
	go pump(client, upstream, done)
	<-done
	<-done
}

func main() {
	listener, err := net.Listen("tcp4", os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for {
		client, err := listener.Accept()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		go relay(client.(*net.TCPConn), os.Args[2])
	}
}
