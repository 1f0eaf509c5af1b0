/** What hostile bytes do to this package. */
package io.ringmaster.sandbox.linux.channel;
