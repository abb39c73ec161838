import ConvNet
import Raster

/// Keeps the last checkpoint as a file that is replaced as a whole.
struct FileCheckpointStore: CheckpointStore {
  /// `digits.checkpoint.safetensors`.
  let checkpoint: FilePath
  /// The command that goes on from it.
  let continuation: String

  func save(_ bytes: [UInt8], as kind: CheckpointKind) throws {
    guard kind == .last else { return }
    do {
      try NetworkFile.write(bytes, to: checkpoint, replacing: true, durable: true)
    } catch let failure as CommandFailure {
      guard (try? FileStatus(checkpoint)) != nil else { throw failure }
      throw CommandFailure(
        failure.message
          + ". The training ends here; from the checkpoint before this one it goes on "
          + "with:\n  " + continuation, at: failure.place)
    }
  }
}
