// Orders URL KEY PREFIX COUNT MODE: what scripts/insist.py does, by java.net.http with its default settings: eight at a time
// order videos until each order is answered. With MODE keyed each has an Idempotency-Key. Ends with status 1 when one was not.
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

class Orders {
    static final int THREADS = 8;
    static final int PATIENCE = 60;
    static final HttpClient CLIENT = HttpClient.newHttpClient();

    public static void main(String[] args) throws Exception {
        int count = Integer.parseInt(args[3]);
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        List<Future<String>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String prompt = args[2] + " " + i + ".";
            all.add(pool.submit(() -> insist(args[0], args[1], prompt, args[4].equals("keyed"))));
        }
        int status = 0;
        for (Future<String> one : all) {
            if (one.get() != null) {
                System.err.println(one.get());
                status = 1;
            }
        }
        System.exit(status);
    }

    static String insist(String url, String key, String prompt, boolean keyed) {
        String last = null;
        for (int i = 0; i < PATIENCE; i++) {
            try {
                order(url, key, prompt, keyed);
                return null;
            } catch (Exception error) {
                last = prompt + ": " + error;
            }
        }
        return last;
    }

    static void order(String url, String key, String prompt, boolean keyed) throws Exception {
        String body = "{\"model\":\"viduq3t-540p\",\"prompt\":\"" + prompt + "\",\"duration\":1}";
        HttpRequest.Builder call = HttpRequest.newBuilder(URI.create(url + "/v1/tasks"))
            .timeout(Duration.ofSeconds(3))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json");
        if (keyed) {
            call.header("Idempotency-Key", prompt);
        }
        HttpRequest request = call.POST(HttpRequest.BodyPublishers.ofString(body)).build();
        HttpResponse<String> answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IllegalStateException(answer.statusCode() + " " + answer.body());
        }
    }
}
