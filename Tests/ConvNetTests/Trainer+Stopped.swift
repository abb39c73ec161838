import ConvNet
import Testing

extension Trainer {
  /// The state of the run when it is stopped after so many steps, as a file holds it.
  func checkpoint(stoppedAfter stop: Int) throws -> Checkpoint {
    var steps = 0
    let end = try run(shouldStop: {
      steps += 1
      return steps == stop
    }).end
    #expect(end == .cancelled(step: stop))
    return try Checkpoint(checkpoint.encoded())
  }
}
