import ConvNet

/// Keeps the last checkpoint, and the best model so far, as files that are replaced as a whole.
struct FileCheckpointStore: CheckpointStore {
  /// `digits.checkpoint.safetensors`.
  let checkpoint: FilePath
  /// `digits.best.safetensors`, written only where validation chooses.
  let best: FilePath?

  func save(_ bytes: [UInt8], as kind: CheckpointKind) throws {
    switch kind {
    case .last: try NetworkFile.write(bytes, to: checkpoint, replacing: true, durable: true)
    case .best:
      if let best { try NetworkFile.write(bytes, to: best, replacing: true, durable: true) }
    }
  }
}
