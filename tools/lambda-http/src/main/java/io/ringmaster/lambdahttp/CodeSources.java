package io.ringmaster.lambdahttp;

import io.ringmaster.api.FunctionCode;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where packages come from: the request itself, or a bucket at the configured endpoint. */
final class CodeSources {
  private static final int ZIP_MAX = 52_428_800;
  private static final int ERROR_MAX = 16 * 1024;
  private static final int TIMEOUT_MS = 20_000;
  private static final Pattern CODE = Pattern.compile("<Code>([^<]{1,200})</Code>");
  private static final Pattern MESSAGE = Pattern.compile("<Message>([^<]{1,1000})</Message>");

  /** Members that say where a package is, and how it is kept. */
  static final List<String> MEMBERS =
      List.of(
          "ZipFile",
          "S3Bucket",
          "S3Key",
          "S3ObjectVersion",
          "ImageUri",
          "S3ObjectStorageMode",
          "SourceKMSKeyArn");

  private CodeSources() {}

  static Refused imageRefused() {
    return Refused.invalid(
        "Functions of package type Image are not supported by this version of Ringmaster.");
  }

  /** Whether the call has a package that is fetched, from who knows how far. */
  static boolean areFetched(Arguments in) {
    return in.has("S3Bucket") || isFetched(in.value("Code")) || isFetched(in.value("Content"));
  }

  private static boolean isFetched(Object code) {
    return code instanceof Map<?, ?> given && given.get("S3Bucket") != null;
  }

  /** The package that {@code Code}, {@code Content} or an update names. */
  static FunctionCode code(Arguments in, Map<String, Object> given) throws Refused {
    if (given.get("ImageUri") != null) {
      throw imageRefused();
    }
    if (given.get("SourceKMSKeyArn") != null) {
      throw FunctionWorks.notServed("SourceKMSKeyArn");
    }
    if ("REFERENCE".equals(given.get("S3ObjectStorageMode"))) {
      throw FunctionWorks.notServed("S3ObjectStorageMode REFERENCE");
    }
    byte[] zip = (byte[]) given.get("ZipFile");
    String bucket = (String) given.get("S3Bucket");
    String key = (String) given.get("S3Key");
    if (zip != null && (bucket != null || key != null)) {
      throw Refused.invalid(
          "Please do not provide other FunctionCode parameters when providing a ZipFile.");
    }
    if (zip == null) {
      if (bucket == null || key == null) {
        throw Refused.invalid("Please provide a source for function code.");
      }
      zip =
          fetch(
              in.ingress().config().awsEndpoint(),
              bucket,
              key,
              (String) given.get("S3ObjectVersion"));
    }
    if (zip.length > ZIP_MAX) {
      throw new Refused(
          413,
          "RequestEntityTooLargeException",
          "Zipped size must be smaller than " + ZIP_MAX + " bytes");
    }
    return FunctionCode.zip(zip);
  }

  private static byte[] fetch(URI endpoint, String bucket, String key, String version)
      throws Refused {
    if (endpoint == null) {
      throw s3("NoSuchBucket", "The specified bucket does not exist");
    }
    StringBuilder path = new StringBuilder();
    for (String each : key.split("/", -1)) {
      path.append('/').append(encoded(each));
    }
    String base = endpoint.toString().replaceAll("/+$", "");
    String query = version == null ? "" : "?versionId=" + encoded(version);
    try {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create(base + '/' + encoded(bucket) + path + query).toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MS);
      connection.setReadTimeout(TIMEOUT_MS);
      connection.setInstanceFollowRedirects(false);
      try {
        return content(connection);
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      throw s3("ServiceUnavailable", "S3 at the configured endpoint cannot be reached");
    }
  }

  private static byte[] content(HttpURLConnection connection) throws IOException, Refused {
    if (connection.getResponseCode() == 200) {
      try (InputStream in = connection.getInputStream()) {
        byte[] bytes = in.readNBytes(ZIP_MAX + 1);
        return bytes;
      }
    }
    String text = "";
    try (InputStream in = connection.getErrorStream()) {
      if (in != null) {
        text = new String(in.readNBytes(ERROR_MAX), StandardCharsets.UTF_8);
      }
    }
    Matcher code = CODE.matcher(text);
    Matcher message = MESSAGE.matcher(text);
    throw s3(
        code.find() ? code.group(1) : "NoSuchKey",
        message.find() ? message.group(1) : "The specified key does not exist.");
  }

  private static Refused s3(String code, String message) {
    return Refused.invalid(
        "Error occurred while GetObject. S3 Error Code: "
            + code
            + ". S3 Error Message: "
            + message);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
