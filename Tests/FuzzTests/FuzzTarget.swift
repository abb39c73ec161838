/// A door through which bytes of strangers come in.
///
/// A fuzzer feeds it whatever comes to its mind, the tests feed it what a fuzzer once found. Refusing
/// the bytes with an error is an answer; a trap, a breach of memory and a `Finding` are faults.
struct FuzzTarget: Sendable {
  /// What the target and its folder of the corpus are called.
  let name: String
  /// Feeds the bytes. Throws a `Finding`, or the error with which the bytes were refused.
  let feed: @Sendable ([UInt8]) throws -> Void

  init(_ name: String, feed: @escaping @Sendable ([UInt8]) throws -> Void) {
    self.name = name
    self.feed = feed
  }

  static let all: [FuzzTarget] =
    pictures + compression + archives + kernelTexts + networks + datasets + repeats
    + [commandWords]

  static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// Something that holds for every input, and did not for this one.
struct Finding: Error, CustomStringConvertible {
  let description: String
}

/// Throws a finding unless the condition holds.
func demand(_ condition: Bool, _ law: @autoclosure () -> String) throws(Finding) {
  if !condition { throw Finding(description: law()) }
}

/// Whether the work succeeds; its error is a refusal.
func accepts(_ work: () throws -> Void) -> Bool {
  do {
    try work()
    return true
  } catch {
    return false
  }
}
