package main

// demoCredentials is printed at the start of a server with demo data.
const demoCredentials = `
Demo credentials (every secret is demo-secret):
  admin      token demo-secret
  cux        client demo-client, token demo-token
  responsys  user demo, token demo-token
`
