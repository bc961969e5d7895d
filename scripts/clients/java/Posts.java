// Posts NUMBER IDLE_SECONDS BODY URL LEAD_MS [URL LEAD_MS]…: to each URL, NUMBER connections of java.net.http with its own
// default settings are asked once, left idle, and posted BODY so that it arrives when the server has been idle for
// IDLE_SECONDS, give or take 2 ms (every other POST) or 20 ms. LEAD_MS is how much earlier it has to be sent for that.
// A client has eight connections, since each client has a thread of its own. Prints what was lost.
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

class Posts {
    static final int CONNECTIONS = 8;

    public static void main(String[] args) throws Exception {
        int count = Integer.parseInt(args[0]);
        double idle = Double.parseDouble(args[1]);
        ScheduledExecutorService clock = Executors.newScheduledThreadPool(4);
        List<List<String>> losses = new ArrayList<>();
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int at = 3; at + 1 < args.length; at += 2) {
            List<String> lost = Collections.synchronizedList(new ArrayList<>());
            losses.add(lost);
            String url = args[at];
            double lead = Double.parseDouble(args[at + 1]);
            for (int first = 0; first < count; first += CONNECTIONS) {
                HttpClient client = HttpClient.newHttpClient();
                for (int i = first; i < Math.min(count, first + CONNECTIONS); i++) {
                    double spread = (i % 2 == 0 ? 2 : 20) * (2.0 * i / (count - 1) - 1);
                    long wait = (long) ((idle * 1000 - lead + spread) * 1e6);
                    all.add(attempt(client, clock, url, args[2], wait).exceptionally(error -> lost.add(String.valueOf(error))));
                }
                Thread.sleep(80);
            }
        }
        for (CompletableFuture<?> one : all) {
            one.join();
        }
        StringBuilder said = new StringBuilder("[");
        for (List<String> lost : losses) {
            said.append(said.length() > 1 ? "," : "").append("{\"sent\":").append(count);
            said.append(",\"lost\":").append(lost.size()).append(",\"errors\":[");
            for (int i = 0; i < lost.size(); i++) {
                String safe = lost.get(i).replaceAll("[^ -!#-\\[\\]-~]", "?");
                said.append(i > 0 ? "," : "").append('"').append(safe).append('"');
            }
            said.append("]}");
        }
        System.out.println(said.append("]"));
        System.exit(0);
    }

    static CompletableFuture<Boolean> attempt(HttpClient client, ScheduledExecutorService clock, String url, String body, long wait) {
        HttpRequest.Builder post = HttpRequest.newBuilder(URI.create(url + "/v1/video/generations"));
        post.header("Authorization", "Bearer " + System.getenv("KEY")).header("Content-Type", "application/json");
        post.POST(HttpRequest.BodyPublishers.ofString(body));
        CompletableFuture<Boolean> idled = new CompletableFuture<>();
        return read(client, HttpRequest.newBuilder(URI.create(url + "/healthz")))
                .thenCompose(answered -> {
                    clock.schedule(() -> idled.complete(answered), wait, TimeUnit.NANOSECONDS);
                    return idled;
                })
                .thenCompose(answered -> read(client, post));
    }

    static CompletableFuture<Boolean> read(HttpClient client, HttpRequest.Builder request) {
        HttpRequest bounded = request.timeout(Duration.ofSeconds(60)).build();
        return client.sendAsync(bounded, HttpResponse.BodyHandlers.ofString()).thenApply(answer -> {
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(answer.statusCode() + " " + answer.body());
            }
            return true;
        });
    }
}
