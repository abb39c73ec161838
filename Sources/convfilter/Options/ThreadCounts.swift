import ArgumentParser

/// How many threads may be asked for.
enum ThreadCounts {
  static let allowed = 1...1024

  /// - Throws: `ValidationError` for a number that makes no sense.
  static func check(_ threads: Int?) throws {
    if let threads, !allowed.contains(threads) {
      throw ValidationError(
        "--threads \(threads): must be \(allowed.lowerBound) to \(allowed.upperBound)")
    }
  }
}
