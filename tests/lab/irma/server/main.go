// The real IRMA server, as its makers build it: this file only names it, so that go.mod and go.sum lock it.
package main

import "github.com/privacybydesign/irmago/yivi/cli"

func main() {
	cli.Execute()
}
