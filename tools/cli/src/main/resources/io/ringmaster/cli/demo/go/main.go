// A custom runtime in Go with nothing but the standard library: a Fibonacci number for each event.
package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
)

const path = "/2018-06-01/runtime/invocation/"

func main() {
	api := os.Getenv("AWS_LAMBDA_RUNTIME_API")
	connection, err := net.Dial("tcp", api)
	if err != nil {
		fail(err)
	}
	answers := bufio.NewReader(connection)
	for {
		fmt.Fprintf(connection, "GET %snext HTTP/1.1\r\nHost: %s\r\n\r\n", path, api)
		headers, event := read(answers)
		n, err := strconv.Atoi(strings.TrimSpace(event))
		if err != nil {
			fail(err)
		}
		body := fmt.Sprintf(`{"n":%d,"fibonacci":%d}`, n, fibonacci(n))
		fmt.Fprintf(connection, "POST %s%s/response HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n%s",
			path, headers["lambda-runtime-aws-request-id"], api, len(body), body)
		read(answers)
	}
}

func fibonacci(n int) uint64 {
	var a, b uint64 = 0, 1
	for ; n > 0; n-- {
		a, b = b, a+b
	}
	return a
}

// read takes one HTTP answer: its headers, in lower case, and its body.
func read(answers *bufio.Reader) (map[string]string, string) {
	headers := map[string]string{}
	for {
		line, err := answers.ReadString('\n')
		if err != nil {
			fail(err)
		}
		line = strings.TrimSpace(line)
		if line == "" {
			break
		}
		if name, value, found := strings.Cut(line, ":"); found {
			headers[strings.ToLower(name)] = strings.TrimSpace(value)
		}
	}
	length, _ := strconv.Atoi(headers["content-length"])
	body := make([]byte, length)
	if _, err := io.ReadFull(answers, body); err != nil {
		fail(err)
	}
	return headers, string(body)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
