/// Images to learn from and images to judge by, with the names of their classes.
public struct Dataset: Sendable, Equatable {
  /// The name on the command line, or that of the folder.
  public var name: String
  /// The names of the classes; a label is an index into it.
  public var classNames: [String]
  /// Empty where a folder has images to judge by alone.
  public var train: LabelledImages
  /// What the authors hold out to choose by; nil where there is no such part.
  public var validation: LabelledImages?
  /// Empty where the folder has no test images and nothing was held out.
  public var test: LabelledImages
  /// Where the test images come from.
  public var split: Split
  /// What was odd but no reason to stop.
  public var warnings: [DatasetWarning]

  /// How training and test images were told apart; goes into the record of a training.
  public enum Split: Sendable, Equatable {
    /// As its authors published it, or by the sub-folders `train` and `test`.
    case given
    /// `fraction` of every class was held out, drawn by `seed`.
    case heldOut(fraction: Double, seed: UInt64)
    /// There are no test images.
    case none
  }

  public init(
    name: String, classNames: [String], train: LabelledImages,
    validation: LabelledImages? = nil, test: LabelledImages, split: Split = .given,
    warnings: [DatasetWarning] = []
  ) {
    self.name = name
    self.classNames = classNames
    self.train = train
    self.validation = validation
    self.test = test
    self.split = split
    self.warnings = warnings
  }

  /// The same training images, less a `fraction` of every class, which become the test images.
  ///
  /// - Parameters:
  ///   - fraction: Share to hold out, of each class (0 < fraction < 1).
  ///   - seed: Draws which.
  /// - Throws: `DatasetError.badFraction`, or `.nothingHeldOut` when every class is too small.
  public func holdingOut(fraction: Double, seed: UInt64) throws(DatasetError) -> Dataset {
    let (kept, held) = try train.stratifiedSplit(fraction: fraction, seed: seed)
    var result = self
    result.train = kept
    result.test = held
    result.split = .heldOut(fraction: fraction, seed: seed)
    return result
  }
}
