/** Races of this package, for jcstress; its parser under damaged input. */
package io.ringmaster.sandbox.runtimeapi;
