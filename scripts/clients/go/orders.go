// orders URL KEY PREFIX COUNT MODE: what scripts/insist.py does, by net/http with its default transport: eight at a time order
// videos until each order is answered. With MODE keyed each has an Idempotency-Key. Ends with status 1 when one was not.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"
)

const (
	threads  = 8
	patience = 60
)

var client = &http.Client{Timeout: 3 * time.Second}

func order(url, key, prompt string, keyed bool) error {
	body, err := json.Marshal(map[string]any{"model": "viduq3t-540p", "prompt": prompt, "duration": 1})
	if err != nil {
		return err
	}
	request, err := http.NewRequest("POST", url+"/v1/tasks", bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+key)
	request.Header.Set("Content-Type", "application/json")
	if keyed {
		request.Header.Set("Idempotency-Key", prompt)
	}
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode/100 != 2 {
		err = fmt.Errorf("%d %s", answer.StatusCode, said)
	}
	return err
}

func main() {
	url, key, prefix, mode := os.Args[1], os.Args[2], os.Args[3], os.Args[5]
	count, err := strconv.Atoi(os.Args[4])
	if err != nil {
		panic(err)
	}
	numbers := make(chan int)
	failed := make(chan string, count)
	var all sync.WaitGroup
	for i := 0; i < threads; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for number := range numbers {
				prompt := fmt.Sprintf("%s %d.", prefix, number)
				var last error
				for try := 0; try < patience; try++ {
					if last = order(url, key, prompt, mode == "keyed"); last == nil {
						break
					}
				}
				if last != nil {
					failed <- fmt.Sprintf("%s: %v", prompt, last)
				}
			}
		}()
	}
	for number := 0; number < count; number++ {
		numbers <- number
	}
	close(numbers)
	all.Wait()
	close(failed)
	broken := false
	for line := range failed {
		fmt.Fprintln(os.Stderr, line)
		broken = true
	}
	if broken {
		os.Exit(1)
	}
}
