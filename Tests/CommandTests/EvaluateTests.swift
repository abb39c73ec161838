import ImageCodecs
import TestSupport
import Testing
import Text

@Suite("evaluate")
struct EvaluateTests {
  let training: SmallTraining
  var folder: ScratchFolder { training.folder }

  init() throws {
    training = try SmallTraining()
    try training.trainDigits("m.safetensors")
  }

  @Test("prints accuracy, the figures of each class and the confusion matrix")
  func table() throws {
    let result = try training.run("evaluate", "m.safetensors", "digits")
    #expect(result.status == .exited(0), "\(result.errors)")
    let lines = result.text.split(separator: "\n")
    #expect(lines[0].hasPrefix("test: accuracy ") && lines[0].contains("(support 297), loss "))
    #expect(
      lines[1].split(separator: " ") == ["class", "precision", "recall", "F1", "support"])
    let supports = lines[3..<13].compactMap { Int($0.split(separator: " ").last ?? "") }
    #expect(supports.count == 10 && supports.reduce(0, +) == 297)
    let all = try training.run("evaluate", "m.safetensors", "digits", "--split", "all")
    #expect(all.text.contains("(support 1,500)") && all.text.contains("(support 297)"))
  }

  @Test("JSON and picture say the same")
  func formats() throws {
    let result = try training.run(
      "evaluate", "m.safetensors", "digits", "--json", "--png", "c.png")
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(result.text.hasPrefix("{\"split\": \"test\", \"loss\": "))
    for part in [
      "\"accuracy\": ", "\"precision\": ", "\"recall\": ", "\"f1\": ", "\"support\": 297",
    ] {
      #expect(result.text.contains(part))
    }
    #expect(try decode(folder.read("c.png") ?? []).format.width > 400)
    let again = try training.run("evaluate", "m.safetensors", "digits", "--png", "c.png")
    #expect(again.status == .exited(1) && again.errors.contains("exists already"))
  }

  @Test("images and classes that are not the model's are refused with a reason")
  func mismatches() throws {
    try training.writePictures("pictures")
    func expect(_ arguments: String..., says: String) throws {
      let result = try CommandRunner.run(["evaluate"] + arguments, folder: folder.path)
      #expect(result.status == .exited(1))
      #expect(result.errors.contains(says), "\(result.errors)")
    }
    try expect("m.safetensors", "pictures", says: "class dark is none of the model's: 0, 1, 2")
    try training.trainDigits("large.safetensors", layers: "flatten; dense 10")
    try expect("pictures/dark/0.png", "digits", says: "not a safetensors file")
    try expect("m.safetensors", "digits", "--split", "validation", says: "nothing was held out")
  }

  @Test(
    "images of another size are refused", .enabled(if: TestData.isThere))
  func sizes() throws {
    // MNIST has the digits' class names, but not their size.
    let result = try training.run(
      "evaluate", "m.safetensors", "mnist", "--data", #require(TestData.folder))
    #expect(result.status == .exited(1))
    #expect(result.errors.contains("the model takes 8×8×1 images, these are 28×28×1"))
  }

  @Test("a list holds what the model says of every image; the most confused pairs are named")
  func list() throws {
    let result = try training.run(
      "evaluate", "m.safetensors", "digits", "--list", "answers.csv", "--json")
    #expect(result.status == .exited(0), "\(result.errors)")
    let rows = CSV.rows(String(decoding: try #require(folder.read("answers.csv")), as: UTF8.self))
    #expect(
      rows[0] == ["split", "file", "truth", "answer", "probability", "truth_probability", "right"])
    #expect(rows.count == 298)
    let accuracy = Double(rows.count { $0[6] == "yes" }) / 297
    #expect(result.text.contains("\"accuracy\": \(accuracy)"))
    var wrong: [[String]: Int] = [:]
    for row in rows.dropFirst() where row[6] == "no" { wrong[[row[2], row[3]], default: 0] += 1 }
    let most = wrong.values.max()!
    let text = try training.run("evaluate", "m.safetensors", "digits").text
    let named = text.split(separator: "\n").first { $0.contains(" taken for ") }
    #expect(try #require(named).contains(": \(most) of "))
    let taken = try training.run(
      "evaluate", "m.safetensors", "digits", "--list", "answers.csv")
    #expect(taken.status == .exited(1) && taken.errors.contains("answers.csv"))
    let other = try training.run("evaluate", "m.safetensors", "digits", "--list", "answers.txt")
    #expect(other.status == .exited(64) && other.errors.contains(".csv, .json or .jsonl"))
    for name in ["answers.json", "answers.jsonl"] {
      let written = try training.run("evaluate", "m.safetensors", "digits", "--list", name)
      #expect(written.status == .exited(0), "\(written.errors)")
    }
    let objects = String(decoding: try #require(folder.read("answers.jsonl")), as: UTF8.self)
      .split(separator: "\n")
    #expect(objects.count == 297 && objects[0].hasPrefix("{\"split\": \"test\", "))
    // One value: an array of the same.
    let array = String(decoding: try #require(folder.read("answers.json")), as: UTF8.self)
    #expect(array == "[\n" + objects.joined(separator: ",\n") + "\n]\n")
  }

  @Test("two results for one file are refused before the work")
  func sameFile() throws {
    let result = try training.run(
      "evaluate", "m.safetensors", "digits", "--png", "a.png", "--curves", "a.png", "--force")
    #expect(result.status == .exited(64) && result.text.isEmpty && folder.read("a.png") == nil)
    #expect(result.errors.contains("--png and --curves name the same file, a.png"))
  }

  @Test("what probabilities are worth is told, drawn and given to programs")
  func calibration() throws {
    let result = try training.run(
      "evaluate", "m.safetensors", "digits", "--curves", "c.png", "--mistakes", "w.png")
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(result.text.contains("\nCalibration error ") && !result.text.contains("ROC"))
    // Reliability alone: there are more than two classes.
    #expect(try decode(#require(folder.read("c.png"))).format.width == 880)
    #expect(try decode(#require(folder.read("w.png"))).format.width > 300)
    let json = try #require(
      JSON(Array(training.run("evaluate", "m.safetensors", "digits", "--json").text.utf8)))
    let calibration = try #require(json["calibration"])
    let bins = try #require(calibration["bins"]?.array)
    #expect(bins.count == 10 && json["curves"] == nil)
    #expect(bins.reduce(0) { $0 + ($1["count"]?.integer ?? 0) } == 297)
    let error = bins.reduce(0.0) { sum, bin in
      sum + Double(bin["count"]!.integer!) / 297
        * abs(bin["accuracy"]!.number! - bin["probability"]!.number!)
    }
    #expect(abs(error - calibration["error"]!.number!) < 1e-9)
    let page = try training.run("evaluate", "m.safetensors", "digits", "--report", "p.html")
    #expect(page.status == .exited(0), "\(page.errors)")
    let text = String(decoding: try #require(folder.read("p.html")), as: UTF8.self)
    let mistakes = try #require(json["report"]?["accuracy"]?.number.map { (1 - $0) * 297 })
    #expect(text.contains("<dt class=\"faint\">mistakes</dt><dd>\(Int(mistakes.rounded()))</dd>"))
    #expect(text.contains("Most often mistaken:") && !text.contains("ROC"))
    // Of a page that is there, not even the evaluation begins.
    let again = try training.run("evaluate", "m.safetensors", "digits", "--report", "p.html")
    #expect(again.errors.contains("p.html: error: exists already") && again.text.isEmpty)
    let taken = try training.run("evaluate", "m.safetensors", "digits", "--mistakes", "w.png")
    #expect(taken.status == .exited(1) && taken.errors.contains("w.png: error: exists already"))
  }

  @Test("two classes have curves with areas; where nothing is wrong there is no sheet")
  func curves() throws {
    try training.writePictures("all")
    for name in ["dark", "light"] {
      for index in 0..<10 {
        try folder.write(
          try #require(folder.read("all/\(name)/\(index).png")), to: "two/\(name)/\(index).png")
      }
    }
    let trained = try training.run(
      "train", "two", "--layers", "flatten; dense 2", "--epochs", "40", "--augment", "none",
      "--output", "two.safetensors")
    #expect(trained.status == .exited(0), "\(trained.errors)")
    let result = try training.run(
      "evaluate", "two.safetensors", "two", "--split", "all", "--mistakes", "w.png", "--json")
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(result.errors.contains("there are no mistakes; w.png is not written"))
    #expect(folder.read("w.png") == nil)
    let curves = try #require(JSON(Array(result.text.utf8))?["curves"])
    #expect(curves["positive"]?.string == "light")
    #expect(curves["roc_area"]?.number == 1 && curves["average_precision"]?.number == 1)
    let drawn = try training.run(
      "evaluate", "two.safetensors", "two", "--split", "all", "--curves", "c.png", "--report",
      "p.html")
    let page = String(decoding: try #require(folder.read("p.html")), as: UTF8.self)
    for words in ["100.00 % of the train images right", "ROC (area 1.0000)", "Precision (average"] {
      #expect(page.contains(words), "\(words)")
    }
    #expect(page.contains("There is none among the train images.") && !page.contains("<script"))
    #expect(page.contains("convfilter evaluate two.safetensors two --split all"))
    #expect(drawn.text.contains("Telling light from dark: area below the ROC curve 1.0000"))
    #expect(try decode(#require(folder.read("c.png"))).format.width == 3 * 880)
  }
}
