import ImageCodecs
import Text

extension CodecError {
  /// The message, with the options of the command that help, but for one that was taken.
  func remedied(_ damage: DamagePolicy) -> String {
    "\(self)"
      .replacing("raise the limit to read it", with: "raise --limit-pixels to read it")
      .replacing("raise the limit to hold it", with: "say --limit-pixels to hold it")
      .replacing(
        ", or tolerate damage", with: damage == .tolerate ? "" : ", or use --tolerate-damage"
      )
      .replacing("ask for floats", with: "say --depth f32")
      .replacing("or leave metadata out", with: "or say --metadata strip")
  }

  /// Whether it is the fault of the file that is written.
  var isAboutOutput: Bool {
    switch self {
    case .writeFailed, .cannotStore, .tooLargeToStore, .refusedByWriter, .notTwoLevels: true
    default: false
    }
  }
}
