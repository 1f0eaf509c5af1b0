package io.ringmaster.lambdahttp;

import io.ringmaster.api.AccountSettings;
import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.LambdaException;
import io.ringmaster.api.Refusal;
import io.ringmaster.api.ResourcePolicy;
import io.ringmaster.api.Statement;
import io.ringmaster.ingress.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Tags, policies, reserved concurrency, the account. */
final class AccessWorks {
  /** As {@code s3.amazonaws.com}. */
  private static final String SERVICE = "[a-zA-Z0-9-]+(\\.[a-zA-Z0-9-]+)+";

  private AccessWorks() {}

  static void register(Map<String, Management.Work> works) {
    works.put("TagResource", AccessWorks::tag);
    works.put("UntagResource", AccessWorks::untag);
    works.put("ListTags", in -> Map.of("Tags", new TreeMap<>(in.functions().tags(tagged(in)))));
    works.put("AddPermission", AccessWorks::addPermission);
    works.put("RemovePermission", AccessWorks::removePermission);
    works.put("GetPolicy", AccessWorks::policy);
    works.put("PutFunctionConcurrency", AccessWorks::putConcurrency);
    works.put("GetFunctionConcurrency", AccessWorks::getConcurrency);
    works.put(
        "DeleteFunctionConcurrency",
        in -> {
          in.functions().deleteConcurrency(in.function());
          return null;
        });
    works.put("GetAccountSettings", AccessWorks::account);
    works.put("GetFunctionCodeSigningConfig", AccessWorks::codeSigning);
  }

  /** The function whose tags are meant: only whole functions have some here. */
  private static String tagged(Arguments in) throws Refused {
    String arn = in.text("Resource");
    String[] parts = arn.split(":");
    if (!parts[5].equals("function")) {
      throw new Refused(Refusal.notFound("The resource you requested does not exist."));
    }
    if (parts.length > 7) {
      throw Refused.invalid(
          "Tags on function aliases and versions are not supported. Please specify a function"
              + " ARN.");
    }
    return arn;
  }

  private static Object tag(Arguments in) throws Refused {
    in.functions().tag(tagged(in), in.texts("Tags"));
    return null;
  }

  private static Object untag(Arguments in) throws Refused {
    in.functions().untag(tagged(in), in.list("TagKeys"));
    return null;
  }

  private static Object addPermission(Arguments in) throws Refused {
    FunctionConfiguration target = in.functions().get(in.function(), in.qualifier());
    Map<String, Object> statement = new LinkedHashMap<>();
    statement.put("Sid", in.text("StatementId"));
    statement.put("Effect", "Allow");
    statement.put("Principal", principal(in));
    statement.put("Action", in.text("Action"));
    statement.put("Resource", target.functionArn());
    Map<String, Object> condition = condition(in);
    if (!condition.isEmpty()) {
      statement.put("Condition", condition);
    }
    Statement kept =
        in.functions()
            .addPermission(
                in.function(),
                in.qualifier(),
                new Statement(in.text("StatementId"), Json.text(statement)),
                in.text("RevisionId"));
    return Map.of("Statement", kept.json());
  }

  private static Object principal(Arguments in) throws Refused {
    String principal = in.text("Principal");
    if (principal.equals("*")) {
      return "*";
    }
    if (principal.matches("[0-9]{12}")) {
      return Map.of("AWS", "arn:" + in.owner().partition() + ":iam::" + principal + ":root");
    }
    if (principal.startsWith("arn:")) {
      return Map.of("AWS", principal);
    }
    if (!principal.matches(SERVICE)) {
      throw Refused.invalid(
          "The provided principal was invalid. Please check the principal and try again.");
    }
    return Map.of("Service", principal);
  }

  private static Map<String, Object> condition(Arguments in) {
    Map<String, Object> equal = new LinkedHashMap<>();
    put(equal, "lambda:FunctionUrlAuthType", in.text("FunctionUrlAuthType"));
    put(equal, "AWS:SourceAccount", in.text("SourceAccount"));
    put(equal, "lambda:EventSourceToken", in.text("EventSourceToken"));
    put(equal, "aws:PrincipalOrgID", in.text("PrincipalOrgID"));
    Map<String, Object> condition = new LinkedHashMap<>();
    if (!equal.isEmpty()) {
      condition.put("StringEquals", equal);
    }
    if (in.has("InvokedViaFunctionUrl")) {
      condition.put(
          "Bool",
          Map.of("lambda:InvokedViaFunctionUrl", String.valueOf(in.flag("InvokedViaFunctionUrl"))));
    }
    if (in.has("SourceArn")) {
      condition.put("ArnLike", Map.of("AWS:SourceArn", in.text("SourceArn")));
    }
    return condition;
  }

  private static void put(Map<String, Object> out, String name, String value) {
    if (value != null) {
      out.put(name, value);
    }
  }

  private static Object removePermission(Arguments in) {
    in.functions()
        .removePermission(
            in.function(), in.qualifier(), in.text("StatementId"), in.text("RevisionId"));
    return null;
  }

  private static Object policy(Arguments in) {
    ResourcePolicy it = in.functions().policy(in.function(), in.qualifier());
    List<Object> statements = new ArrayList<>();
    it.statements().forEach(each -> statements.add(new Json.Raw(each.json())));
    Map<String, Object> policy = new LinkedHashMap<>();
    policy.put("Version", "2012-10-17");
    policy.put("Id", "default");
    policy.put("Statement", statements);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("Policy", Json.text(policy));
    answer.put("RevisionId", it.revisionId());
    return answer;
  }

  private static Object putConcurrency(Arguments in) {
    int reserved = (int) in.number("ReservedConcurrentExecutions", 0);
    try {
      in.functions().putConcurrency(in.function(), reserved);
    } catch (LambdaException e) {
      if (e.refusal().message().startsWith(" ")) {
        return Answer.untyped(e.refusal());
      }
      throw Target.latest(e, in.function());
    }
    return Map.of("ReservedConcurrentExecutions", reserved);
  }

  private static Object getConcurrency(Arguments in) {
    int reserved = in.functions().getConcurrency(in.function());
    return reserved < 0 ? Map.of() : Map.of("ReservedConcurrentExecutions", reserved);
  }

  private static Object account(Arguments in) {
    AccountSettings it = in.ingress().engine().accountSettings(in.owner());
    Map<String, Object> limit = new LinkedHashMap<>();
    limit.put("TotalCodeSize", it.totalCodeSizeLimit());
    limit.put("CodeSizeUnzipped", it.codeSizeUnzippedLimit());
    limit.put("CodeSizeZipped", it.codeSizeZippedLimit());
    limit.put("ConcurrentExecutions", it.concurrentExecutions());
    limit.put("UnreservedConcurrentExecutions", it.unreservedConcurrentExecutions());
    Map<String, Object> usage = new LinkedHashMap<>();
    usage.put("TotalCodeSize", it.totalCodeSize());
    usage.put("FunctionCount", it.functionCount());
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("AccountLimit", limit);
    answer.put("AccountUsage", usage);
    return answer;
  }

  private static Object codeSigning(Arguments in) {
    FunctionConfiguration it = in.functions().get(in.function());
    Map<String, Object> answer = new LinkedHashMap<>();
    String arn = it.documents().get("CodeSigningConfigArn");
    if (arn != null) {
      answer.put("CodeSigningConfigArn", new Json.Raw(arn));
    }
    answer.put("FunctionName", it.functionName());
    return answer;
  }
}
