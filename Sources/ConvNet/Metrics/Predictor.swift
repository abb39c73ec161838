import Raster

/// What a model takes pictures for.
public final class Predictor {
  public let model: Model
  private let compiled: CompiledNetwork
  private let viewed: ViewedNetwork

  /// - Parameters:
  ///   - batch: pictures at a time (≥ 1).
  ///   - views: pictures made of each, to be judged together.
  public init(_ model: Model, batch: Int = 32, views: Views = .one, team: ThreadTeam) {
    self.model = model
    compiled = CompiledNetwork(model.network, model.weights, batch: batch, team: team)
    viewed = ViewedNetwork(compiled, views)
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
    let outputs = outputs(model.normalization.apply(images))
    let classes = model.classNames.count
    return stride(from: 0, to: outputs.count, by: classes).map {
      SoftmaxCrossEntropy.softmax(outputs[$0..<$0 + classes])
    }
  }

  private func outputs(_ images: [Float]) -> [Float] {
    let (size, classes) = (model.network.input.count, model.network.output.count)
    precondition(images.count % size == 0, "whole examples")
    var all: [Float] = []
    images.withUnsafeBufferPointer { images in
      for first in stride(from: 0, to: images.count / size, by: compiled.batch) {
        let count = min(compiled.batch, images.count / size - first)
        let outputs = viewed.outputs(images.baseAddress! + first * size, count: count)
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
