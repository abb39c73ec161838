import Raster

/// A network with weights and all that is needed to use it on pictures.
public struct Model: Sendable {
  public var network: Network
  public var weights: Weights
  /// One a class, in the order of the outputs.
  public var classNames: [String]
  public var normalization: Normalization
  /// Facts about the training, by name (`epochs`, `seed`, `data set`…): kept, not needed.
  public var facts: [String: String]

  /// - Throws: when the outputs aren't one a class, or the channels don't fit.
  public init(
    network: Network, weights: Weights, classNames: [String], normalization: Normalization,
    facts: [String: String] = [:]
  ) throws(NetworkError) {
    try network.checkClasses(classNames.count)
    guard normalization.mean.count == network.input.channels else {
      throw .invalidSetting("the normalisation", allowed: "a mean and a deviation a channel")
    }
    self.network = network
    self.weights = weights
    self.classNames = classNames
    self.normalization = normalization
    self.facts = facts
  }
}
