public import ConvEngine
import Raster

/// What a model takes pictures for.
public final class Predictor {
  public let model: Model
  private let compiled: CompiledNetwork
  private let viewed: ViewedNetwork
  /// A batch as the network sees it.
  private let seen: FloatBuffer

  /// - Parameters:
  ///   - batch: pictures at a time (≥ 1).
  ///   - views: pictures made of each, to be judged together.
  ///   - precision: of the products of convolutions and dense layers.
  public init(
    _ model: Model, batch: Int = 32, views: Views = .one, precision: Precision = .f32,
    team: ThreadTeam
  ) {
    self.model = model
    compiled = CompiledNetwork(
      model.network, model.weights, batch: batch, precision: precision, team: team)
    viewed = ViewedNetwork(compiled, views)
    seen = FloatBuffer(count: batch * model.network.input.count)
  }

  /// One answer.
  public struct Guess: Sendable, Hashable {
    public var label: Int
    public var name: String
    /// 0…1.
    public var probability: Float

    public init(label: Int, name: String, probability: Float) {
      self.label = label
      self.name = name
      self.probability = probability
    }
  }

  /// Probabilities of all classes.
  ///
  /// - Parameter images: levels of 0…255, channel innermost, one image behind the other, of the size
  ///   that the model takes.
  /// - Returns: a row of probabilities an image.
  public func probabilities(_ images: [Float]) -> [[Float]] {
    let outputs = outputs(images)
    let classes = model.classNames.count
    return stride(from: 0, to: outputs.count, by: classes).map {
      SoftmaxCrossEntropy.softmax(outputs[$0..<$0 + classes])
    }
  }

  private func normalize(_ images: UnsafePointer<Float>, _ count: Int) {
    let channels = model.network.input.channels
    let pixels = count * model.network.input.count / channels
    let normalization = model.normalization
    nonisolated(unsafe) let (from, to) = (images, seen.base)
    // Safety: tasks keep to pixels of their own.
    compiled.team.split(0..<pixels, grain: 8192) { part in
      let (first, length) = (part.lowerBound * channels, part.count * channels)
      normalization.apply(UnsafeBufferPointer(start: from + first, count: length), to: to + first)
    }
  }

  private func outputs(_ images: [Float]) -> [Float] {
    let (size, classes) = (model.network.input.count, model.network.output.count)
    precondition(images.count % size == 0, "whole examples")
    var all: [Float] = []
    images.withUnsafeBufferPointer { images in
      for first in stride(from: 0, to: images.count / size, by: compiled.batch) {
        let count = min(compiled.batch, images.count / size - first)
        normalize(images.baseAddress! + first * size, count)
        let outputs = viewed.outputs(UnsafePointer(seen.base), count: count)
        all += UnsafeBufferPointer(start: outputs, count: count * classes)
      }
    }
    return all
  }

  /// The `count` likeliest classes of each image, likeliest first.
  public func guesses(_ images: [Float], top count: Int = 1) -> [[Guess]] {
    probabilities(images).map { row in
      // Equal probabilities keep the order of the classes.
      let order = row.indices.sorted { row[$0] == row[$1] ? $0 < $1 : row[$0] > row[$1] }
      return order.prefix(count).map {
        Guess(label: $0, name: model.classNames[$0], probability: row[$0])
      }
    }
  }
}
