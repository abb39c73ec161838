/// Images to learn from and images to judge by, with the names of their classes.
public struct Dataset: Sendable, Equatable {
  /// The name on the command line, or that of the folder.
  public var name: String
  /// The names of the classes; a label is an index into it.
  public var classNames: [String]
  public var train: LabelledImages
  /// Empty where the folder has none.
  public var test: LabelledImages
  /// Where the test images come from.
  public var split: Split
  /// What was odd but no reason to stop.
  public var warnings: [DatasetWarning]

  /// How training and test images were told apart; goes into the record of a training.
  public enum Split: Sendable, Equatable {
    /// As its authors published it, or by the sub-folders `train` and `test`.
    case given
    /// There are no test images.
    case none
  }

  public init(
    name: String, classNames: [String], train: LabelledImages, test: LabelledImages,
    split: Split = .given, warnings: [DatasetWarning] = []
  ) {
    self.name = name
    self.classNames = classNames
    self.train = train
    self.test = test
    self.split = split
    self.warnings = warnings
  }
}
