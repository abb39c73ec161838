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
  public var split = Split.given
  /// What was odd but no reason to stop.
  public var warnings: [DatasetWarning] = []

  /// How training and test images were told apart; goes into the record of a training.
  public enum Split: Sendable, Equatable {
    /// As its authors published it, or by the sub-folders `train` and `test`.
    case given
    /// There are no test images.
    case none
  }
}
