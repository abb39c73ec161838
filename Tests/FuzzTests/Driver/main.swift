// A program that feeds a target with what libFuzzer thinks of:
//
//     CONVFILTER_FUZZ_TARGET=png fuzz [option of libFuzzer …] [folder of a corpus …]
//
// Without a target it lists them.

import CFuzzer
import Libc

// The name stands in the environment, as libFuzzer starts itself anew with its own options.
let name = getenv("CONVFILTER_FUZZ_TARGET").map { String(cString: $0) }
guard let name else {
  print(FuzzTarget.all.map(\.name).joined(separator: "\n"))
  exit(0)
}
guard let target = FuzzTarget.named(name) else {
  print("\(name): there is no such target")
  exit(64)
}

/// C calls a function without a context, so the target is kept here.
let chosen = target

var count = CommandLine.argc
var words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(
  LLVMFuzzerRunDriver(&count, &words) { bytes, count in
    // Safety: libFuzzer hands over `count` bytes.
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    do { try chosen.feed(input) } catch let finding as Finding {
      fatalError("\(finding)")
    } catch {
      return 0
    }
    return 0
  })
