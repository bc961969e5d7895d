// posts NUMBER IDLE_SECONDS BODY URL LEAD_MS [URL LEAD_MS]…: for each URL, NUMBER clients of net/http with its own default
// settings ask once, wait, and post BODY so that it arrives when the server has been idle for IDLE_SECONDS, give or take
// 2 ms (every other client) or 20 ms. LEAD_MS is how much earlier it has to be sent for that. Prints what was lost.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

type outcome struct {
	Sent   int      `json:"sent"`
	Lost   int      `json:"lost"`
	Errors []string `json:"errors"`
}

func number(text string) float64 {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic(err)
	}
	return value
}

func read(answer *http.Response, err error) error {
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != 200 {
		err = fmt.Errorf("%d %s", answer.StatusCode, body)
	}
	return err
}

func try(url, key, body string, wait time.Duration) error {
	client := &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
	if err := read(client.Get(url + "/healthz")); err != nil {
		return fmt.Errorf("first: %w", err)
	}
	time.Sleep(wait)
	request, err := http.NewRequest("POST", url+"/v1/video/generations", strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+key)
	request.Header.Set("Content-Type", "application/json")
	return read(client.Do(request))
}

func main() {
	count, idle, body := int(number(os.Args[1])), number(os.Args[2]), os.Args[3]
	var results []outcome
	var all sync.WaitGroup
	var lock sync.Mutex
	for at := 4; at+1 < len(os.Args); at += 2 {
		results = append(results, outcome{Errors: []string{}})
		found, url, lead := len(results)-1, os.Args[at], number(os.Args[at+1])
		for i := 0; i < count; i++ {
			spread := []float64{2, 20}[i%2] * (2*float64(i)/float64(count-1) - 1)
			wait := time.Duration((idle*1000 - lead + spread) * float64(time.Millisecond))
			all.Add(1)
			go func() {
				defer all.Done()
				err := try(url, os.Getenv("KEY"), body, wait)
				lock.Lock()
				defer lock.Unlock()
				results[found].Sent++
				if err != nil {
					results[found].Lost++
					results[found].Errors = append(results[found].Errors, err.Error())
				}
			}()
			time.Sleep(2 * time.Millisecond)
		}
	}
	all.Wait()
	json.NewEncoder(os.Stdout).Encode(results)
}
