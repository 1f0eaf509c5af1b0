package com.amazonaws.services.lambda.crac;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/** Resources in the order of their registration; those that nobody else keeps are forgotten. */
final class OrderedContext extends Context<Resource> {
  private final List<WeakReference<Resource>> resources = new ArrayList<>();

  @Override
  public synchronized void register(Resource resource) {
    resources.removeIf(reference -> reference.get() == null);
    resources.add(new WeakReference<>(Objects.requireNonNull(resource)));
  }

  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) throws CheckpointException {
    List<Resource> order = all();
    Collections.reverse(order);
    CheckpointException failure = null;
    for (Resource resource : order) {
      try {
        resource.beforeCheckpoint(this);
      } catch (Exception e) {
        failure = failure == null ? new CheckpointException() : failure;
        failure.addSuppressed(e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void afterRestore(Context<? extends Resource> context) throws RestoreException {
    RestoreException failure = null;
    for (Resource resource : all()) {
      try {
        resource.afterRestore(this);
      } catch (Exception e) {
        failure = failure == null ? new RestoreException() : failure;
        failure.addSuppressed(e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private synchronized List<Resource> all() {
    List<Resource> all = new ArrayList<>();
    for (WeakReference<Resource> reference : resources) {
      Resource resource = reference.get();
      if (resource != null) {
        all.add(resource);
      }
    }
    return all;
  }
}
