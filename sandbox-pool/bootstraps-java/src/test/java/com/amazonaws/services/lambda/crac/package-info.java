/** Tests of the snapshot hooks. */
package com.amazonaws.services.lambda.crac;
