import ConvNet
import Datasets
import Random
import Raster
import Text

/// What a trunk makes of images, computed once: examples for the head.
struct FeatureExamples: BatchSource {
  let shape: FeatureShape
  let classCount: Int
  private let batches: Batches
  private let labels: [Int32]
  /// `[views, count, shape]`: of the images, and of the same mirrored where they are wanted.
  private let values: [Float]
  private let seed: UInt64
  private let flip: Augmentation.Flip
  /// Seconds in which images were waited for.
  private(set) var waited = 0.0

  var count: Int { labels.count }

  /// - Parameters:
  ///   - flip: how often mirrored images take the place of the others.
  ///   - ranks: processes that do the same: each computes those of a part of the images.
  ///   - progress: told how many images are done.
  /// - Throws: `DatasetError`.
  init(
    _ images: LabelledImages, classes: Int, trunk: Trunk, normalization: Normalization,
    seed: UInt64, flip: Augmentation.Flip, team: ThreadTeam, ranks: (any RankLink)?,
    progress: (Int) -> Void
  ) throws {
    shape = trunk.head.input
    classCount = classes
    labels = images.labels
    self.seed = seed
    self.flip = flip
    let input = trunk.network.input
    let crop = Augmentation(crop: .init(height: input.height, width: input.width))
    batches = Batches(images, normalization: normalization, seed: seed, augmentation: crop)
    // Few at a time: maps of large images would leave the cache.
    let batch = 8
    let loader = BatchLoader(
      ImageExamples(
        images, classes: classes, normalization: normalization, augmentation: crop),
      batch: batch, team: team)
    let compiled = CompiledNetwork(trunk.network, trunk.weights, batch: batch, team: team)
    let views = flip == .none ? 1 : 2
    var values = [Float](repeating: 0, count: views * images.count * shape.count)
    let parts = (0..<(ranks?.count ?? 1)).map { rank in
      images.count * rank / (ranks?.count ?? 1)..<images.count * (rank + 1) / (ranks?.count ?? 1)
    }
    let own = parts[ranks?.rank ?? 0]
    func request(_ start: Int) -> BatchLoader.Request {
      BatchLoader.Request(positions: start..<min(start + batch, own.upperBound), epoch: nil)
    }
    for start in stride(from: own.lowerBound, to: own.upperBound, by: batch) {
      let end = min(start + batch, own.upperBound)
      let asked = Terminal.now()
      try loader.load(request(start), next: request(end))
      waited += Terminal.now() - asked
      var pixels = Array(loader.values[..<((end - start) * input.count)])
      for view in 0..<views {
        if view == 1 {
          pixels.withUnsafeMutableBufferPointer {
            Self.mirror($0, width: input.width, channels: input.channels)
          }
        }
        let first = (view * images.count + start) * shape.count
        values.replaceSubrange(
          first..<first + (end - start) * shape.count, with: compiled.outputs(for: pixels))
      }
      // Others do as many meanwhile.
      progress(min(images.count, (end - own.lowerBound) * parts.count) * views)
    }
    if let ranks {
      guard ranks.meet() else { throw DatasetError.elsewhere }
      for view in 0..<views {
        let (size, features) = (images.count * shape.count, shape.count)
        values.withUnsafeMutableBufferPointer { values in
          ranks.exchange(
            UnsafeMutableBufferPointer(rebasing: values[view * size..<(view + 1) * size]),
            parts: parts.map { $0.lowerBound * features..<$0.upperBound * features })
        }
      }
    }
    self.values = values
  }

  /// Turns rows of pixels round.
  private static func mirror(
    _ pixels: UnsafeMutableBufferPointer<Float>, width: Int, channels: Int
  ) {
    let row = width * channels
    for start in stride(from: 0, to: pixels.count, by: row) {
      for x in 0..<width / 2 {
        for c in 0..<channels {
          pixels.swapAt(start + x * channels + c, start + (width - 1 - x) * channels + c)
        }
      }
    }
  }

  func load(
    _ positions: Range<Int>, epoch: Int?, images: UnsafeMutableBufferPointer<Float>,
    labels: UnsafeMutableBufferPointer<Int32>
  ) {
    for (place, member) in batches.indices(positions, epoch: epoch).enumerated() {
      let example = Int(member)
      let start = (isMirrored(example, epoch) ? count + example : example) * shape.count
      for index in 0..<shape.count {
        images[place * shape.count + index] = values[start + index]
      }
      labels[place] = self.labels[example]
    }
  }

  private func isMirrored(_ example: Int, _ epoch: Int?) -> Bool {
    guard let epoch else { return false }
    switch flip {
    case .none: return false
    case .random:
      return CounterRandom(seed: seed, .augmentation, UInt64(epoch), UInt64(example)).coin(0)
    case .alternating:
      let first = CounterRandom(seed: seed, .alternatingFlip, UInt64(example)).coin(0)
      return first != (epoch & 1 == 1)
    }
  }
}

/// The features of the parts of a data set, each computed when it is first asked for.
final class FeatureStore {
  let trunk: Trunk
  private let normalization: Normalization
  private let classes: Int
  private let flip: Augmentation.Flip
  private let seed: UInt64
  private let diagnostics: Diagnostics
  private var made: [String: FeatureExamples] = [:]

  /// - Parameter flip: for the images to learn from.
  init(
    _ trunk: Trunk, normalization: Normalization, classes: Int, flip: Augmentation.Flip,
    seed: UInt64, diagnostics: Diagnostics
  ) {
    self.trunk = trunk
    self.normalization = normalization
    self.classes = classes
    self.flip = flip
    self.seed = seed
    self.diagnostics = diagnostics
  }

  /// - Parameter name: the part: `train`, `validation`, `test`.
  /// - Throws: `DatasetError`.
  func examples(
    _ name: String, _ images: LabelledImages, team: ThreadTeam, ranks: (any RankLink)?
  ) throws -> FeatureExamples {
    if let examples = made[name] { return examples }
    let flip = name == "train" ? self.flip : .none
    let bar = ProgressBar(
      diagnostics, total: images.count * (flip == .none ? 1 : 2), unit: "features (\(name))")
    defer { bar.finish() }
    let begun = Terminal.now()
    let examples = try FeatureExamples(
      images, classes: classes, trunk: trunk, normalization: normalization, seed: seed,
      flip: flip, team: team, ranks: ranks, progress: { bar.reach($0) })
    made[name] = examples
    if images.areRead {
      bar.finish()
      let seconds = Terminal.now() - begun
      diagnostics.note(
        "features (\(name)): \(NumberText.fixed(seconds, 1)) s, "
          + "\(NumberText.percent(examples.waited / max(seconds, 1e-9))) of it waiting for pictures"
      )
    }
    return examples
  }
}
