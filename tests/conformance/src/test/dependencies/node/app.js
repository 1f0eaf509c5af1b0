// A function that needs packages: AWS's SDK, and an Express application behind an adapter.
const { GetObjectCommand, S3Client } = require("@aws-sdk/client-s3");
const { getSignedUrl } = require("@aws-sdk/s3-request-presigner");
const express = require("express");
const serverless = require("serverless-http");

const app = express();
app.get("/hello/:name", (request, response) => response.json({ hello: request.params.name }));
const web = serverless(app);
const s3 = new S3Client({ region: process.env.AWS_REGION });
let calls = 0;

exports.handler = async (event, context) => {
  const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket: "bucket", Key: "a key" }), { expiresIn: 60 });
  const answer = await web(event, context);
  return { status: answer.statusCode, body: JSON.parse(answer.body), url: new URL(url).pathname, signed: url.includes("X-Amz-Signature="), calls: ++calls };
};
