import Raster

/// Which of the watched folders are gone. One that is replaced by another is away for a moment only.
struct LostFolders {
  /// Seconds after which a folder is gone.
  private static let patience = 2.0
  /// Since when each of them is away, by the index of the input.
  private var since: [Int: Double] = [:]
  /// Those of which it has been said.
  private var told: Set<Int> = []

  mutating func find(_ index: Int) {
    since[index] = nil
    told.remove(index)
  }

  mutating func lose(_ index: Int) {
    if since[index] == nil { since[index] = Terminal.now() }
  }

  /// What is to be said by now.
  ///
  /// - Throws: `CommandFailure` where nothing is left.
  mutating func changes(_ inputs: [WatchedInput]) throws(CommandFailure) -> [WatchedChange] {
    let now = Terminal.now()
    let gone = since.filter { now - $0.value >= Self.patience }.keys.sorted()
    if let first = gone.first, gone.count == inputs.count {
      throw CommandFailure("is gone", at: "\(inputs[first].folder)")
    }
    let new = gone.filter { !told.contains($0) }
    told.formUnion(new)
    return new.map { .gone(inputs[$0].folder) }
  }
}
