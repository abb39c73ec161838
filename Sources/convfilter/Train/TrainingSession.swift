import ConvNet
import Datasets
import Raster
import Reports
import Text

/// One training with all that surrounds it: events become lines and bars, results become files.
struct TrainingSession {
  let trainer: Trainer
  let names: TrainingFiles
  let diagnostics: Diagnostics
  /// Steps between two checkpoints within an epoch, or nil.
  let saveEvery: Int?
  /// What the images that are not learnt from are called.
  let heldOut: String
  /// The command that goes on from the checkpoint.
  let continuation: String
  /// Told the epochs so far: before the first step, and after each epoch.
  var onEpoch: (([EpochReport]) -> Void)?

  /// Trains until the end or until the user asks to stop.
  func run() throws -> TrainingResult {
    StopRequest.listen()
    let display = TrainingDisplay(
      plan: trainer.plan, diagnostics: diagnostics, classNames: trainer.classNames,
      batch: trainer.settings.batch,
      heldOut: heldOut, readsFiles: trainer.readsFiles)
    defer { display.clear() }
    let store = FileCheckpointStore(checkpoint: names.checkpoint, continuation: continuation)
    var log = trainer.checkpoint.history.map(Self.line).joined()
    // A run that is killed before its first epoch ends can be resumed, too.
    try store.save(trainer.checkpoint.encoded(), as: .last)
    var history = trainer.checkpoint.history
    onEpoch?(history)
    let result = try trainer.run(
      store: store, saveEvery: saveEvery, clock: Terminal.now,
      shouldStop: { StopRequest.isPending },
      onEvent: { event in
        display.show(event)
        guard case .epoch(let report) = event else { return }
        log += Self.line(report)
        history.append(report)
        onEpoch?(history)
        // A log that cannot be written is no reason to lose the training; the model's file is.
        do {
          try NetworkFile.write(Array(log.utf8), to: names.log, replacing: true)
        } catch {
          diagnostics.warning("\(error)")
        }
      })
    display.finish()
    return result
  }

  /// One epoch as a line of the log.
  static func line(_ report: EpochReport) -> String { json(report).line + "\n" }

  static func json(_ report: EpochReport) -> JSON {
    func optional(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    return [
      "epoch": .integer(report.epoch + 1), "loss": .number(report.loss),
      "accuracy": .number(report.accuracy),
      "validation_loss": optional(report.validationLoss),
      "validation_accuracy": optional(report.validationAccuracy),
      "rate": .number(report.rate), "seconds": .number(report.seconds),
      "waited": .number(report.waited),
    ]
  }
}
