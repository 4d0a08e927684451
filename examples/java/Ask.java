import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Asks for a verdict, with Java's standard library alone (17 or newer): java Ask.java FOLDER API FINGERPRINT
 *
 * <p>FOLDER is what `countersign site cert --out` wrote; API is the address of `api`, as in https://localhost:8443.
 */
class Ask {
    private static final char[] IN_MEMORY_ONLY = new char[0];

    public static void main(String[] args) throws Exception {
        if (args.length != 3) throw new IllegalArgumentException("Ask.java FOLDER API FINGERPRINT");
        // keep it for the next question
        var service = HttpClient.newBuilder().sslContext(identity(Path.of(args[0]))).build();
        // the first handshake of a program loads half of its library; later questions need no more than 3 s
        var patience = Duration.ofSeconds(15);
        var question = HttpRequest.newBuilder(URI.create(args[1] + "/v1/verdicts/" + args[2])).timeout(patience).build();
        var answer = service.send(question, BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            System.err.println("no verdict, nobody is signed in: " + field(answer.body(), "detail"));
            System.exit(1);
        }
        var verdict = field(answer.body(), "verdict");
        var more = switch (verdict) {
            case "valid" -> "subject";
            case "needs-revalidation" -> "redirect";
            case "revoked", "missing" -> "reason";
            default -> throw new IOException("an unknown verdict, nobody is signed in: " + verdict);
        };
        System.out.println(verdict + " " + field(answer.body(), more));
    }

    /** The standard library has no reader of JSON; take one in earnest. */
    private static String field(String json, String name) throws IOException {
        var found = Pattern.compile("\"" + name + "\":\"([^\"\\\\]*)\"").matcher(json);
        if (!found.find()) throw new IOException("no " + name + " in the answer");
        return found.group(1);
    }

    private static SSLContext identity(Path folder) throws GeneralSecurityException, IOException {
        var own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry("own", key(folder.resolve("key.pem")), IN_MEMORY_ONLY, certificates(folder.resolve("cert.pem")));
        var keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(own, IN_MEMORY_ONLY);

        var anchors = KeyStore.getInstance("PKCS12");
        anchors.load(null, null);
        anchors.setCertificateEntry("root", certificates(folder.resolve("root.pem"))[0]);
        var trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(anchors);

        var context = SSLContext.getInstance("TLSv1.3");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static Certificate[] certificates(Path file) throws GeneralSecurityException, IOException {
        try (var text = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(text).toArray(Certificate[]::new);
        }
    }

    private static PrivateKey key(Path file) throws GeneralSecurityException, IOException {
        var base64 = Files.readString(file).replaceAll("-----[A-Z ]+-----", "");
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64)));
    }
}
