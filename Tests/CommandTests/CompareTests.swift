import TestSupport
import Testing
import Text

@Suite("convfilter compare")
struct CompareTests {
  let training: SmallTraining
  var folder: ScratchFolder { training.folder }

  init() throws { training = try SmallTraining() }

  @Test("puts the best run first, and names the settings in which they differ")
  func order() throws {
    try training.trainDigits("short.safetensors", epochs: 1)
    try training.trainDigits("long.safetensors", epochs: 6)
    let result = try training.run("compare", "short.safetensors", "long-report.html", "--json")
    #expect(result.status == .exited(0), "\(result.errors)")
    let runs = try #require(JSON(result.text.utf8)?.array)
    #expect(runs.map { $0["run"]?.string } == ["long", "short"])
    let accuracies = runs.compactMap { $0["test_accuracy"]?.number }
    #expect(accuracies.count == 2 && accuracies[0] > accuracies[1])
    #expect(runs.map { $0["epochs"]?.integer } == [6, 1])
    #expect(runs[0]["settings"]?["epochs"]?.string == "6")
    let page = try training.run("compare", ".", "-o", "compare.html")
    #expect(page.status == .exited(0), "\(page.errors)")
    let heading = try #require(page.text.split(separator: "\n").first)
    #expect(heading.hasSuffix("augmentation") && !heading.contains("seed"))
    #expect(page.text.split(separator: "\n").allSatisfy { $0.count < 150 })
    let html = String(decoding: try #require(folder.read("compare.html")), as: UTF8.self)
    #expect(html.contains("<td>./long</td>") && html.contains("Loss of the held-out images"))
    #expect(html.contains("<dt class=\"faint\">seed</dt><dd>1</dd>"))
  }

  @Test("goes by the logs of runs without a report, and says what is no run")
  func logs() throws {
    let line = { (epoch: Int, accuracy: Double) in
      "{\"epoch\": \(epoch), \"loss\": 1.5, \"accuracy\": 0.5, \"validation_loss\": 1.0, "
        + "\"validation_accuracy\": \(accuracy), \"rate\": 0.1, \"seconds\": 2}\n"
    }
    try folder.write(Array((line(1, 0.5) + line(2, 0.7) + line(3, 0.6)).utf8), to: "a-log.jsonl")
    try folder.write(Array((line(1, 0.8) + "broken\n").utf8), to: "b-log.jsonl")
    let text = try training.run("compare", "a-log.jsonl", "b-log.jsonl").text
    let rows = text.split(separator: "\n").dropFirst(2)
    #expect(rows.map { $0.prefix(1) } == ["b", "a"])
    #expect(text.contains("70.00 % (2)") && text.contains("80.00 % (1)"))
    let drawn = try training.run("compare", "a-log.jsonl", "b-log.jsonl", "-o", "time.png")
    #expect(drawn.status == .exited(0) && drawn.text == text, "\(drawn.errors)")
    let picture = try #require(folder.read("time.png"))
    // Width and height stand behind signature and name of the first chunk.
    #expect(Array(picture[16..<24]) == [0, 0, 7, 8, 0, 0, 3, 72])
    #expect(
      try training.run("compare", "a-log.jsonl", "-o", "time.png").errors.contains("exists"))
    try folder.write([], to: "c-log.jsonl")
    try folder.write([1], to: "d.png")
    for (name, reason) in [
      ("c-log.jsonl", "tells of an epoch"), ("d.png", "is no file of a training"),
      ("none-log.jsonl", "no such file"),
    ] {
      let result = try training.run("compare", name)
      #expect(result.status == .exited(1) && result.errors.contains(reason), "\(result.errors)")
    }
  }

  @Test("a watched training writes its report from the start, and over it at the end")
  func watch() throws {
    let words = [
      "train", "digits", "--layers", "conv 2 3x3 relu; flatten; dense 10", "--epochs", "2", "-o",
      "w.safetensors", "--watch",
    ]
    let result = try training.run(words)
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(result.errors.contains("watch w-report.html in a browser"))
    #expect(result.errors.contains("loss "))
    let page = String(decoding: try #require(folder.read("w-report.html")), as: UTF8.self)
    #expect(!page.contains("http-equiv=\"refresh\"") && page.contains("of the test images right"))
    #expect(try training.run(words).errors.contains("exists already"))
    let both = try training.run(["train", "digits", "--watch", "--find-rate"])
    #expect(both.errors.contains("drop --watch"))
  }
}
