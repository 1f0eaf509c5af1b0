package io.ringmaster.runtime;

import com.amazonaws.lambda.thirdparty.com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.amazonaws.lambda.thirdparty.com.fasterxml.jackson.databind.MapperFeature;
import com.amazonaws.lambda.thirdparty.com.fasterxml.jackson.databind.ObjectMapper;
import com.amazonaws.lambda.thirdparty.com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.amazonaws.lambda.thirdparty.com.fasterxml.jackson.databind.introspect.VisibilityChecker;
import com.amazonaws.services.lambda.runtime.CustomPojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.amazonaws.services.lambda.runtime.serialization.factories.JacksonFactory;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Member;
import java.lang.reflect.Type;
import java.util.Iterator;
import java.util.ServiceLoader;

/**
 * How events become objects and results become JSON: AWS's serialization library, which knows AWS's
 * event classes, and records besides. Main thread.
 */
final class Json {
  private static final JacksonFactory JACKSON = JacksonFactory.getInstance();

  static {
    readRecords(JACKSON.getMapper());
  }

  private Json() {}

  @SuppressWarnings("deprecation") // of mappers that are in use; this one is not yet
  private static void readRecords(ObjectMapper mapper) {
    mapper.configure(MapperFeature.AUTO_DETECT_CREATORS, true);
    mapper.setVisibility(new RecordsToo());
  }

  /** For the program's own use. */
  static <T> PojoSerializer<T> of(Class<T> type) {
    return JACKSON.getSerializer(type);
  }

  /**
   * The serializer of a handler's event or result: the package's own where it brings one.
   *
   * @param loader the function's class loader
   */
  static PojoSerializer<Object> of(Type type, ClassLoader loader) {
    CustomPojoSerializer custom = custom(loader);
    if (custom != null) {
      return new Custom(custom, type);
    }
    if (type instanceof Class<?> known
        && LambdaEventSerializers.isLambdaSupportedEvent(known.getName())) {
      @SuppressWarnings("unchecked") // it is only ever given what it made, or what the handler gave
      PojoSerializer<Object> serializer =
          (PojoSerializer<Object>) LambdaEventSerializers.serializerFor(known, loader);
      return serializer;
    }
    return JACKSON.getSerializer(type);
  }

  private static CustomPojoSerializer custom(ClassLoader loader) {
    Iterator<CustomPojoSerializer> found =
        ServiceLoader.load(CustomPojoSerializer.class, loader).iterator();
    if (!found.hasNext()) {
      return null;
    }
    CustomPojoSerializer serializer = found.next();
    if (found.hasNext()) {
      throw new IllegalStateException(
          "Too many serializers provided inside the META-INF/services folder, only one is allowed");
    }
    return serializer;
  }

  /**
   * AWS's rules about what is a property, and a record's canonical constructor as the one
   * constructor with parameters that counts.
   */
  private static final class RecordsToo extends VisibilityChecker.Std {
    private static final long serialVersionUID = 1L;

    RecordsToo() {
      super(
          Visibility.PUBLIC_ONLY,
          Visibility.PUBLIC_ONLY,
          Visibility.ANY,
          Visibility.NONE,
          Visibility.PUBLIC_ONLY);
    }

    @Override
    public boolean isCreatorVisible(Member member) {
      Class<?> type = member.getDeclaringClass();
      return type.isRecord()
          && member instanceof Constructor<?> constructor
          && constructor.getParameterCount() == type.getRecordComponents().length;
    }

    @Override
    public boolean isCreatorVisible(AnnotatedMember member) {
      return isCreatorVisible(member.getMember());
    }
  }

  /** What the package brings, as the serializer of one type. */
  private static final class Custom implements PojoSerializer<Object> {
    private final CustomPojoSerializer serializer;
    private final Type type;

    Custom(CustomPojoSerializer serializer, Type type) {
      this.serializer = serializer;
      this.type = type;
    }

    @Override
    public Object fromJson(InputStream input) {
      return serializer.fromJson(input, type);
    }

    @Override
    public Object fromJson(String input) {
      return serializer.fromJson(input, type);
    }

    @Override
    public void toJson(Object value, OutputStream output) {
      serializer.toJson(value, output, type);
    }
  }
}
