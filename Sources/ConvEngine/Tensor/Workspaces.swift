import Synchronization

/// Scratch memory that tasks borrow: as many as ever work at once, made on first use.
final class Workspaces<Workspace: Sendable>: Sendable {
  private let free = Mutex<[Workspace]>([])
  private let make: @Sendable () -> Workspace

  init(_ make: @escaping @Sendable () -> Workspace) { self.make = make }

  /// Which space a body gets is not defined: it must leave no trace that a result depends on.
  func borrow<Result>(_ body: (Workspace) -> Result) -> Result {
    let space = free.withLock { $0.popLast() } ?? make()
    defer { free.withLock { $0.append(space) } }
    return body(space)
  }
}
