package io.ringmaster.simulation;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A bug planted into one method of a compiled class: at one place, the instruction there is
 * replaced.
 *
 * @param className the class
 * @param methodName the method; every overload is searched
 * @param place which instruction
 * @param occurrence which one of the matching instructions, from 1
 * @param matches how many there must be: the code that the bug was written for is still there
 * @param replacement what stands there instead
 */
record Mutation(
    String className,
    String methodName,
    Predicate<CodeElement> place,
    int occurrence,
    int matches,
    Replacement replacement) {

  /** Writes other instructions for one. */
  @FunctionalInterface
  interface Replacement {
    void write(CodeBuilder code, CodeElement instead);
  }

  /** Begins a mutation of a method. */
  static Target in(String className, String methodName) {
    return new Target(className, methodName);
  }

  /** The mutated class. */
  byte[] apply(byte[] original, ClassLoader hierarchy) {
    int[] found = {0};
    ClassFile classFile =
        ClassFile.of(
            ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(hierarchy)));
    byte[] mutated =
        classFile.transformClass(
            classFile.parse(original),
            ClassTransform.transformingMethodBodies(
                method -> method.methodName().equalsString(methodName),
                (code, element) -> {
                  if (place.test(element) && ++found[0] == occurrence) {
                    replacement.write(code, element);
                  } else {
                    code.with(element);
                  }
                }));
    if (found[0] != matches) {
      throw new IllegalStateException(
          className
              + "."
              + methodName
              + " has "
              + found[0]
              + " places for this bug; it was written for "
              + matches
              + ": write it anew");
    }
    return mutated;
  }

  /** A method, before it is said what is wrong in it. */
  record Target(String className, String methodName) {

    /** A call is left out; what it would have answered is 0, false or null. */
    Mutation withoutCall(String name, int occurrence, int matches) {
      return new Mutation(
          className,
          methodName,
          calls(name),
          occurrence,
          matches,
          (code, instead) -> {
            InvokeInstruction call = (InvokeInstruction) instead;
            popArguments(code, call);
            pushNothing(code, call.typeSymbol().returnType());
          });
    }

    /** Something else is done instead of a call without an answer. */
    Mutation withInstead(String name, Consumer<CodeBuilder> other) {
      return new Mutation(
          className,
          methodName,
          calls(name),
          1,
          1,
          (code, instead) -> {
            popArguments(code, (InvokeInstruction) instead);
            other.accept(code);
          });
    }

    private static void popArguments(CodeBuilder code, InvokeInstruction call) {
      MethodTypeDesc type = call.typeSymbol();
      for (int i = type.parameterCount() - 1; i >= 0; i--) {
        pop(code, type.parameterType(i));
      }
      if (call.opcode() != Opcode.INVOKESTATIC) {
        code.pop();
      }
    }

    /** A call with one argument and no answer is made twice. */
    Mutation withCallTwice(String name) {
      return new Mutation(
          className,
          methodName,
          calls(name),
          1,
          1,
          (code, instead) -> {
            code.dup2();
            code.with(instead);
            code.with(instead);
          });
    }

    /** A branch is taken on another condition. */
    Mutation withBranch(Opcode from, Opcode to, int occurrence, int matches) {
      return new Mutation(
          className,
          methodName,
          element -> element instanceof BranchInstruction branch && branch.opcode() == from,
          occurrence,
          matches,
          (code, instead) -> code.branch(to, ((BranchInstruction) instead).target()));
    }

    /** A branch that compares two references is always taken. */
    Mutation withJump(Opcode from) {
      return new Mutation(
          className,
          methodName,
          element -> element instanceof BranchInstruction branch && branch.opcode() == from,
          1,
          1,
          (code, instead) -> {
            code.pop2();
            code.goto_(((BranchInstruction) instead).target());
          });
    }

    /** Two long values always compare as equal. */
    Mutation withEqualLongs() {
      return new Mutation(
          className,
          methodName,
          element ->
              element instanceof OperatorInstruction operator && operator.opcode() == Opcode.LCMP,
          1,
          1,
          (code, instead) -> {
            code.pop2();
            code.pop2();
            code.iconst_0();
          });
    }

    /** A field keeps its value. */
    Mutation withoutWriteTo(String field) {
      return withoutWriteTo(field, 1, 1);
    }

    /** A field keeps its value at one of the places where it is written. */
    Mutation withoutWriteTo(String field, int occurrence, int matches) {
      return new Mutation(
          className,
          methodName,
          element ->
              element instanceof FieldInstruction access
                  && access.opcode() == Opcode.PUTFIELD
                  && access.name().equalsString(field),
          occurrence,
          matches,
          (code, instead) -> {
            pop(code, ((FieldInstruction) instead).typeSymbol());
            code.pop();
          });
    }

    private static Predicate<CodeElement> calls(String name) {
      return element -> element instanceof InvokeInstruction call && call.name().equalsString(name);
    }

    private static void pop(CodeBuilder code, ClassDesc type) {
      if (TypeKind.from(type).slotSize() == 2) {
        code.pop2();
      } else {
        code.pop();
      }
    }

    private static void pushNothing(CodeBuilder code, ClassDesc type) {
      switch (TypeKind.from(type).asLoadable()) {
        case VOID -> {}
        case LONG -> code.lconst_0();
        case FLOAT -> code.fconst_0();
        case DOUBLE -> code.dconst_0();
        case REFERENCE -> code.aconst_null();
        default -> code.iconst_0();
      }
    }
  }
}
