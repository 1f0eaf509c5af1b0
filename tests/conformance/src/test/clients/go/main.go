// The conformance function for AWS's Go client.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type event struct {
	Do    string          `json:"do"`
	Value json.RawMessage `json:"value"`
}

type answer struct {
	Echo      json.RawMessage `json:"echo,omitempty"`
	RequestID string          `json:"requestId"`
	Arn       string          `json:"arn"`
	Function  string          `json:"function"`
	Left      bool            `json:"left"`
	Calls     int             `json:"calls"`
	Stage     string          `json:"stage"`
	Trace     string          `json:"trace"`
	Custom    string          `json:"custom"`
}

var calls = 0

// late fails after its first bytes.
type late struct{ first io.Reader }

func (l late) Read(to []byte) (int, error) {
	n, err := l.first.Read(to)
	if err == io.EOF {
		return n, errors.New("late")
	}
	return n, err
}

func handle(ctx context.Context, in event) (any, error) {
	calls++
	known, _ := lambdacontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	switch in.Do {
	case "error":
		return nil, errors.New("no good")
	case "exit":
		os.Exit(7)
	case "hang":
		time.Sleep(time.Hour)
	case "stream":
		return bytes.NewReader(bytes.Repeat([]byte("stream "), 30_000)), nil
	case "late":
		return late{bytes.NewReader([]byte("some"))}, nil
	case "large":
		return string(bytes.Repeat([]byte("x"), 7_000_000)), nil
	}
	trace, _ := ctx.Value("x-amzn-trace-id").(string)
	return answer{
		in.Value, known.AwsRequestID, known.InvokedFunctionArn, lambdacontext.FunctionName,
		time.Until(deadline) > 0, calls, os.Getenv("STAGE"), trace, known.ClientContext.Custom["k"],
	}, nil
}

func main() {
	if os.Getenv("INIT") == "exit" {
		os.Exit(3)
	}
	lambda.Start(handle)
}
