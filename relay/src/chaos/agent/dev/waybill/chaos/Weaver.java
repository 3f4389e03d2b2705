package dev.waybill.chaos;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import java.util.List;

/// Puts a call of [Control#hit] at every point, and lets the relay's clocks pass through [Control].
final class Weaver implements ClassFileTransformer {
  private static final ClassDesc CONTROL = ClassDesc.of("dev.waybill.chaos.Control");
  private static final MethodTypeDesc HIT =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String);
  private static final MethodTypeDesc QUEUE_STARTS =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object);
  private static final String CLOCK = "dev/waybill/relay/clock/SystemClock";
  private static final String QUEUE = "dev/waybill/relay/queue/Queue";

  private final List<Point> points;
  private final Control control;

  Weaver(List<Point> points, Control control) {
    this.points = points;
    this.control = control;
  }

  @Override
  public byte[] transform(
      ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] bytes) {
    try {
      List<Point> mine = points.stream().filter(point -> point.type().equals(name)).toList();
      return mine.isEmpty() && !CLOCK.equals(name) && !QUEUE.equals(name)
          ? null
          : weave(loader, bytes, name, mine);
    } catch (Throwable failure) {
      // the JVM would swallow it and run the class as it is
      control.problem(name + " could not be woven: " + failure);
      return null;
    }
  }

  private byte[] weave(ClassLoader loader, byte[] bytes, String name, List<Point> mine) {
    ClassFile files =
        ClassFile.of(
            ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(loader)
                    .orElse(ClassHierarchyResolver.defaultResolver())));
    ClassModel model = files.parse(bytes);
    return files.transformClass(
        model,
        (builder, element) -> {
          if (element instanceof MethodModel method && method.code().isPresent()) {
            String called = method.methodName().stringValue();
            List<Point> here =
                mine.stream().filter(point -> point.method().equals(called)).toList();
            builder.transformMethod(
                method, MethodTransform.transformingCode(new Code(name, called, here)));
          } else {
            builder.with(element);
          }
        });
  }

  /// Rewrites one method.
  private final class Code implements CodeTransform {
    private final boolean clock;
    private final boolean queue;
    private final String method;
    private final List<Point> points;

    private Code(String type, String method, List<Point> points) {
      this.clock = CLOCK.equals(type) && (method.equals("instants") || method.equals("nanos"));
      this.queue = QUEUE.equals(type) && method.equals("start");
      this.method = method;
      this.points = points;
    }

    @Override
    public void atStart(CodeBuilder builder) {
      if (queue) {
        builder.aload(0).invokestatic(CONTROL, "queue", QUEUE_STARTS);
      }
      points.stream().filter(p -> p.where() == Point.Where.ENTRY).forEach(p -> call(builder, p));
    }

    @Override
    public void accept(CodeBuilder builder, CodeElement element) {
      switch (element) {
        case ReturnInstruction end -> {
          points.stream().filter(p -> p.where() == Point.Where.EXIT).forEach(p -> call(builder, p));
          if (clock) {
            ClassDesc source =
                ClassDesc.of(
                    method.equals("instants")
                        ? "java.time.InstantSource"
                        : "java.util.function.LongSupplier");
            builder.invokestatic(CONTROL, "moved", MethodTypeDesc.of(source, source));
          }
          builder.with(end);
        }
        case InvokeInstruction call -> {
          around(builder, call, Point.Where.BEFORE);
          builder.with(call);
          around(builder, call, Point.Where.AFTER);
        }
        default -> builder.with(element);
      }
    }

    private void around(CodeBuilder builder, InvokeInstruction call, Point.Where where) {
      points.stream()
          .filter(p -> p.where() == where && call.name().equalsString(p.callee()))
          .forEach(p -> call(builder, p));
    }

    private void call(CodeBuilder builder, Point point) {
      control.woven(point.text());
      builder.loadConstant(point.text()).invokestatic(CONTROL, "hit", HIT);
    }
  }
}
