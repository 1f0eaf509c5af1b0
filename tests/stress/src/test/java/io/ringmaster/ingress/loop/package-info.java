/** Races of this package, for jcstress. */
package io.ringmaster.ingress.loop;
