package main

// demoCredentials is printed at the start of a server with demo data.
const demoCredentials = `
Demo credentials (every secret is demo-secret):
  admin      token demo-secret
  responsys  user demo, token demo-token
`
