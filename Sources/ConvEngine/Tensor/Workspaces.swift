import Synchronization

/// Scratch memory that tasks borrow: as many as ever work at once, made on first use.
final class Workspaces<Space: Sendable>: Sendable {
  private let free = Mutex<[Space]>([])
  private let make: @Sendable () -> Space

  init(_ make: @escaping @Sendable () -> Space) { self.make = make }

  /// Which space a body gets is not defined: it must leave no trace that a result depends on.
  func borrow<Result>(_ body: (Space) -> Result) -> Result {
    let space = free.withLock { $0.popLast() } ?? make()
    defer { free.withLock { $0.append(space) } }
    return body(space)
  }
}
