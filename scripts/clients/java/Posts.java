// Posts NUMBER IDLE_SECONDS BODY URL LEAD_MS [URL LEAD_MS]…: for each URL, NUMBER clients of java.net.http with its own
// default settings ask once, wait, and post BODY so that it arrives when the server has been idle for IDLE_SECONDS, give or
// take 2 ms (every other client) or 20 ms. LEAD_MS is how much earlier it has to be sent for that. Prints what was lost.
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

class Posts {
    public static void main(String[] args) throws Exception {
        int count = Integer.parseInt(args[0]);
        double idle = Double.parseDouble(args[1]);
        List<List<String>> losses = new ArrayList<>();
        List<Thread> all = new ArrayList<>();
        for (int at = 3; at + 1 < args.length; at += 2) {
            List<String> lost = Collections.synchronizedList(new ArrayList<>());
            losses.add(lost);
            String url = args[at];
            double lead = Double.parseDouble(args[at + 1]);
            for (int i = 0; i < count; i++) {
                double spread = (i % 2 == 0 ? 2 : 20) * (2.0 * i / (count - 1) - 1);
                long wait = (long) ((idle * 1000 - lead + spread) * 1e6);
                Thread one = new Thread(() -> {
                    try {
                        attempt(url, args[2], wait);
                    } catch (Exception error) {
                        lost.add(String.valueOf(error));
                    }
                });
                one.start();
                all.add(one);
                Thread.sleep(10);
            }
        }
        for (Thread one : all) {
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
    }

    static void attempt(String url, String body, long wait) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        read(client, HttpRequest.newBuilder(URI.create(url + "/healthz")).build());
        long due = System.nanoTime() + wait;
        while (due - System.nanoTime() > 0) {
            Thread.sleep(Math.max(0, (due - System.nanoTime()) / 1_000_000), (int) Math.max(0, (due - System.nanoTime()) % 1_000_000));
        }
        HttpRequest.Builder post = HttpRequest.newBuilder(URI.create(url + "/v1/video/generations"));
        post.header("Authorization", "Bearer " + System.getenv("KEY")).header("Content-Type", "application/json");
        read(client, post.POST(HttpRequest.BodyPublishers.ofString(body)).build());
    }

    static void read(HttpClient client, HttpRequest request) throws Exception {
        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(answer.statusCode() + " " + answer.body());
        }
    }
}
