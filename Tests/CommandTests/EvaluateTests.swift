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
    #expect(other.status == .exited(64) && other.errors.contains(".csv or .json"))
  }
}
