import ArgumentParser
import ImageCodecs
import KernelLanguage
import Raster
import Text

/// What was meant by words that the parser does not know.
enum UsageAdvice {
  /// Options under which other programs know ours.
  private static let synonyms: [(words: [String], option: String)] = [
    (["--lr", "--learning-rate"], "--rate"),
    (["--batch-size", "--bs"], "--batch"),
    (["--epoch", "--num-epochs", "--num-train-epochs", "--iterations"], "--epochs"),
    (["--imgsz", "--img-size", "--image-size", "--input-size", "--resize"], "--size"),
    (
      ["--val-split", "--validation-split", "--valid-pct", "--val", "--test-split"], "--validation"
    ),
    (["--pretrained", "--weights", "--transfer", "--finetune", "--checkpoint"], "--from"),
    (["--num-workers", "--cpus", "--nproc"], "--threads"),
    (["--early-stopping"], "--patience"),
    (["--scheduler", "--lr-scheduler"], "--schedule"),
    (["--arch", "--architecture-name", "--network", "--net"], "--model"),
    (["--augmentation", "--transforms"], "--augment"),
    (["--continue"], "--resume"),
    (["--topk", "--top-k"], "--top"),
    (["--conf", "--confidence"], "--threshold"),
    (["--tta"], "--views"),
    (["--save", "--save-to", "--dst"], "--output"),
    (["--optim"], "--optimizer"),
    (["--weight-decay", "--wd"], "--decay"),
    (["--label-smoothing"], "--smoothing"),
    (["--random-seed", "--random-state"], "--seed"),
    (["--overwrite", "--yes", "-y"], "--force"),
    (["--jobs", "--workers", "-j"], "--threads"),
    (["--outdir", "--output-directory", "--out-dir"], "--output-dir"),
    (["--out"], "--output"),
    (["--inplace", "-i"], "--in-place"),
    (["--border", "--border-type", "--virtual-pixel", "--boundary", "--mode"], "--padding"),
    (["--strides"], "--stride"),
    (["--bias", "--delta"], "--offset"),
    (["--ddepth", "--bit-depth"], "--depth"),
    (["--strip", "--no-metadata"], "--metadata strip"),
  ]

  /// The parser's message in the program's own words, with a remedy where there is one.
  ///
  /// - Parameters:
  ///   - message: what the parser says, `Unknown option '--lr'. Did you mean '--clip'?`.
  ///   - type: the command that was asked for.
  ///   - words: what it was asked with.
  static func advised(
    _ message: String, for type: any ParsableCommand.Type, words: [String]
  ) -> String {
    if let option = quoted(after: "Missing value for ", in: message)?.prefix(while: { $0 != " " }),
      let place = words.firstIndex(of: String(option)), place + 1 < words.count,
      Double(words[place + 1]) != nil
    {
      let text = words[place + 1]
      return "\(option) \(text): is taken for two options; write \(option)=\(text)"
    }
    if message.hasPrefix("The value '"), message.contains("'--schedule ") {
      return message + "; " + ScheduleValue.expected
    }
    if message.hasPrefix("The value '"), message.contains("'--augment ") {
      let list = words.enumerated().lazy.compactMap { index, word in
        word == "--augment" && index + 1 < words.count
          ? words[index + 1]
          : word.hasPrefix("--augment=") ? String(word.dropFirst("--augment=".count)) : nil
      }.last
      if let mistake = list.flatMap(AugmentationValue.mistake) { return "--augment " + mistake }
      return message + "; expected none, or a list of " + AugmentationValue.expected
    }
    if message.hasPrefix("The value '"), message.contains("'--input ") {
      return message + "; expected height x width x channels, as in 28x28x1"
    }
    if message.hasPrefix("The value '"), message.contains("'--group ") {
      return message + "; " + GroupValue.expected
    }
    if message.hasPrefix("The value '"), message.contains("'--class-weights ") {
      return message + "; " + ClassWeightsValue.expected
    }
    if let message = expectation(after: message) { return message }
    if let word = quoted(after: "Unknown option ", in: message) {
      let known = type.helpMessage()
      let name = String(word.prefix { $0 != "=" })
      if let option = synonyms.first(where: { $0.words.contains(name) })?.option,
        known.contains(option.prefix { $0 != " " } + " ")
      {
        return "there is no option '\(name.shortened())'; did you mean '\(option)'?"
      }
    }
    return message
  }

  /// Refuses a word that stands where the name of a command belongs and is none.
  static func checkCommand(_ word: String?, of type: any ParsableCommand.Type) throws {
    let names = type.configuration.subcommands.map { $0._commandName }
    guard let word, !names.isEmpty, !word.hasPrefix("-"), word != "help", !names.contains(word)
    else { return }
    if isFilter(word) {
      throw ValidationError(
        "'\(word.shortened())' is a filter, not a command; say 'convfilter apply -k \(word.shortened()) INPUT OUTPUT'"
      )
    }
    if word.contains("."), FileFormat(fileExtension: FilePath(argument: word).fileExtension) != nil
    {
      throw ValidationError(
        "'\(word)' is a picture, not a command; say 'convfilter apply -k KERNEL \(word) OUTPUT'")
    }
    let near = nearest(to: word, among: names)
    throw ValidationError(
      "there is no command '\(word.shortened())'; "
        + (near.map { "did you mean '\($0)'?" } ?? "there are \(names.joined(separator: ", "))"))
  }

  /// Whether a filter has the name, though it may ask for more than that.
  private static func isFilter(_ word: String) -> Bool {
    do throws(KernelError) {
      _ = try KernelSpec.parse(word)
      return true
    } catch {
      switch error {
      case .empty, .unknownName, .malformed, .unreadableFile, .unusableModel: return false
      default: return true
      }
    }
  }

  /// The quoted word behind a beginning of the message.
  private static func quoted(after start: String, in message: String) -> String? {
    guard message.hasPrefix(start + "'") else { return nil }
    let rest = message.dropFirst(start.count + 1)
    guard let end = rest.firstIndex(of: "'") else { return nil }
    return String(rest[..<end])
  }
}
