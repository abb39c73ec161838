import ConvNet
import ImageCodecs
import PictureSupport
import TestSupport
import Testing

@Suite("train")
struct TrainTests {
  let training: SmallTraining
  var folder: ScratchFolder { training.folder }

  init() throws { training = try SmallTraining() }

  @Test("writes model, figures, report and log, and says what it has learned")
  func files() throws {
    let result = try training.run(
      "train", "digits", "--layers", "flatten; dense 10", "--epochs", "2", "--output",
      "m.safetensors"
    )
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(
      folder.files == [
        "m-confusion.png", "m-curves.png", "m-last.safetensors", "m-log.jsonl", "m-report.html",
        "m.safetensors",
      ])
    #expect(
      result.errors.hasPrefix(
        "digits: 1,500 training images of 8x8, 10 classes, 297 for test\n"
          + "layers: 650 parameters, 2 epochs, batch 128, seed 1, augmentation none\n"
          + "adamw, rate 0.002 (one-cycle), weight decay 0.02\n"
          + "epoch 1/2  loss "))
    let lines = result.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0].hasPrefix("train: accuracy ") && lines[0].contains("(support 1,500)"))
    #expect(lines[1].hasPrefix("test: accuracy ") && lines[1].contains("(support 297)"))
    #expect(lines.contains { $0.hasPrefix("macro average ") })
    #expect(lines.contains("Confusion matrix (rows: true class, columns: answer)"))
    let log = String(decoding: folder.read("m-log.jsonl") ?? [], as: UTF8.self)
    #expect(log.split(separator: "\n").map { $0.prefix(11) } == ["{\"epoch\": 1", "{\"epoch\": 2"])
    for name in ["m-curves.png", "m-confusion.png"] {
      #expect(try decode(folder.read(name) ?? []).format.width > 400)
    }
    let model = try training.model("m.safetensors")
    #expect(model.classNames == (0...9).map { "\($0)" })
    #expect(model.facts["data set"] == "digits" && model.facts["size"] == "8x8")
  }

  @Test("the same seed gives the same bytes on any number of threads, another seed others")
  func threads() throws {
    func bytes(_ name: String, _ options: String...) throws -> [UInt8]? {
      let result = try CommandRunner.run(
        ["train", "digits", "--epochs", "1", "--quiet", "--output", folder(name)] + options)
      #expect(result.status == .exited(0), "\(result.errors)")
      return folder.read(name)
    }
    let one = try bytes("1.safetensors", "--threads", "1")
    #expect(one != nil)
    #expect(try bytes("2.safetensors", "--threads", "2") == one)
    #expect(try bytes("5.safetensors", "--threads", "5") == one)
    #expect(try bytes("s.safetensors", "--seed", "2") != one)
  }

  @Test("an existing model is kept unless --force is given")
  func overwriting() throws {
    try folder.write([1, 2], to: "m.safetensors")
    let arguments = ["train", "digits", "--epochs", "1", "--output", folder("m.safetensors")]
    let refused = try CommandRunner.run(arguments)
    #expect(refused.status == .exited(1))
    #expect(refused.errors.contains("m.safetensors: error: exists already; use --force"))
    #expect(folder.files == ["m.safetensors"] && folder.read("m.safetensors") == [1, 2])
    #expect(try CommandRunner.run(arguments + ["--force"]).status == .exited(0))
    #expect((folder.read("m.safetensors")?.count ?? 0) > 1000)
  }

  @Test("a folder of pictures: classes by name, a share held out, any size brought to one")
  func pictures() throws {
    try training.writePictures("pictures", color: .rgb)
    try folder.write(TestPictures.jpeg(40, 30), to: "pictures/dark/large.jpg")
    let first = try training.run(
      "train", "pictures", "--epochs", "2", "--layers", "flatten; dense 3", "--output",
      "first.safetensors")
    #expect(first.status == .exited(0), "\(first.errors)")
    #expect(
      first.errors.contains(
        "pictures of different sizes (dark/0.png 8×8 to dark/large.jpg 40×30): brought to 8×8 (crop); "
          + "--size and --fit say otherwise"), "\(first.errors)")
    let result = try training.run(
      "train", "pictures", "--size", "8x8", "--layers", "flatten; dense 3", "--epochs", "30",
      "--validation", "0.3", "--augment", "none")
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(result.errors.contains("22 training images of 8x8, 3 classes, 9 for validation"))
    let model = try training.model("pictures-layers.safetensors")
    #expect(model.classNames == ["dark", "gray", "light"])
    #expect(result.text.contains("validation: accuracy"))
    // What was held out can be found again.
    let judged = try training.run(
      "evaluate", "pictures-layers.safetensors", "pictures", "--split", "validation")
    let headline = result.text.split(separator: "\n").first { $0.hasPrefix("validation: ") }
    #expect(judged.text.split(separator: "\n").first == headline, "\(judged.errors)")
  }

  @Test("--preview shows training images as they are and as epochs see them, and trains nothing")
  func preview() throws {
    try training.writePictures("pictures", width: 20, height: 16, color: .rgb)
    let list =
      "flip,part=0.4,rotate=20,zoom=0.2,brightness=0.2,contrast=0.2,saturation=0.2,hue=0.1,cutout=4,"
      + "mixup=0.5"
    let result = try training.run(
      "train", "pictures", "--layers", "flatten; dense 3", "--augment", list, "--preview", "a.png")
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(
      result.errors.contains("no model is trained")
        && result.errors.contains("(augmentation \(list))"))
    #expect(folder.files.filter { !$0.hasPrefix("pictures/") } == ["a.png"])
    // Six images, each beside what five epochs see.
    let picture = try decode(try #require(folder.read("a.png")))
    #expect(picture.format.width > 6 * 160 && picture.format.height > 6 * 128)
    let plain = try training.run(
      "train", "pictures", "--layers", "flatten; dense 3", "--augment", "none", "--preview",
      "b.png")
    #expect(plain.status == .exited(0) && folder.read("a.png") != folder.read("b.png"))
    let again = try training.run(
      "train", "pictures", "--layers", "flatten; dense 3", "--preview", "a.png")
    #expect(again.status == .exited(1) && again.errors.contains("a.png: error: exists already"))
    let both = try training.run("train", "pictures", "--preview", "c.png", "--watch")
    #expect(both.status == .exited(64) && both.errors.contains("drop --watch"))
  }

  @Test("all changes of images and rates by depth train to the same bytes on any number of threads")
  func everyChange() throws {
    try training.writePictures("pictures", width: 20, height: 16, color: .rgb)
    var models: [[UInt8]?] = []
    for threads in ["1", "3"] {
      let result = try training.run(
        "train", "pictures", "--layers", "conv 4 3x3 relu; flatten; dense 3", "--epochs", "2",
        "--augment", "flip=random,crop=14,rotate=9,zoom=0.1,contrast=0.3,hue=0.5,mixup=1",
        "--layer-decay", "0.5", "--threads", threads, "--output", "m.safetensors", "--force")
      #expect(result.status == .exited(0), "\(result.errors)")
      #expect(result.errors.contains("layer decay 0.5"))
      models.append(folder.read("m.safetensors"))
    }
    #expect(models[0] != nil && models[0] == models[1])
    let facts = try training.model("m.safetensors").facts
    #expect(
      facts["augmentation"] == "flip=random,crop=14,rotate=9,zoom=0.1,contrast=0.3,hue=0.5,mixup=1")
    let list = "expected none, or a list of flip"
    for (value, reason) in [
      ("zoom=1", "expected a number above 0 to 0.9"),
      ("hue=0.6", "expected a number above 0 to 0.5"),
      ("part=0", "expected a number above 0 to 1"),
      ("rotate=-1", "expected a number above 0 to 180"),
      ("mixup=5", "expected a number above 0 to 4"), ("turn=3", list), ("hue", list),
    ] {
      let wrong = try training.run("train", "pictures", "--augment", value)
      #expect(wrong.status == .exited(64))
      #expect(wrong.errors.contains(reason), "\(wrong.errors)")
    }
    let wrong = try training.run("train", "pictures", "--layer-decay", "2")
    #expect(wrong.status == .exited(64) && wrong.errors.contains("must be above 0, up to 1"))
  }

  @Test("train/ and test/ are told apart")
  func halves() throws {
    try training.writePictures("pictures/train")
    try training.writePictures("pictures/test", count: 4)
    let result = try training.run(
      "train", "pictures", "--layers", "flatten; dense 3", "--epochs", "2")
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(result.errors.contains("30 training images of 8x8, 3 classes, 12 for test"))
  }

  @Test("what cannot be learned from is refused before the first step")
  func refusals() throws {
    func expect(_ arguments: String..., status: Int32 = 1, says: String) throws {
      let result = try CommandRunner.run(
        ["train"] + arguments, environment: ["CONVFILTER_DATA": "nowhere"], folder: folder.path)
      #expect(result.status == .exited(status), "\(arguments)")
      #expect(result.errors.contains(says), "\(result.errors)")
    }
    try training.writePictures("pictures")
    try folder.write([UInt8]("no picture".utf8), to: "bad/a/0.png")
    try folder.write(TestPictures.pattern(8, 8), to: "bad/b/0.png")
    try folder.write(TestPictures.pattern(8, 8), to: "one/a/0.png")
    try expect("nothing", says: "nothing: error: there is no such folder, and no data set")
    try expect("mnits", says: "did you mean 'mnist'?")
    try expect("bad", says: "1 file is no readable picture")
    try expect("one", says: "one: error: only one class (a) has pictures")
    try expect(
      "digits", "--model", "vgg", status: 64,
      says: "there is no model 'vgg'; there are: mnist-dense")
    try expect("digits", "--layers", "cnov 4 3x3", status: 64, says: "did you mean \"conv\"?")
    try expect("digits", "--layers", "flatten; dense 7", says: "write dense 10")
    try expect(
      "digits", "--class-weights", "1,2", status: 64,
      says: "--class-weights: error: 2 class weights for 10 classes")
    try expect(
      "digits", "--patience", "3", status: 64, says: "--patience: error: there are no validation")
    try expect(
      "digits", "--layers", "conv 65536 3x3 same; globalavgpool; dense 10", "--limit-memory", "1G",
      says: "training in steps of 128 images needs ")
    try expect(
      "mnist", "--offline",
      says: "put them into nowhere/mnist/:\n  f68b3c2dcbeaaa9fbdd348bbdeb94873")
    #expect(!folder.files.contains { $0.hasSuffix(".safetensors") })
  }

  @Test(
    "an option that is out of range is named with its value",
    arguments: [
      ["--epochs", "0"], ["--batch", "65537"], ["--rate", "0.0"], ["--rate", "nan"],
      ["--decay", "-1.0"], ["--smoothing", "1.0"], ["--clip", "0.0"], ["--ema", "1.0"],
      ["--patience", "0"], ["--warm-up", "1.0"], ["--save-every", "0"],
    ])
  func settings(option: [String]) throws {
    let result = try training.run(["train", "digits", "\(option[0])=\(option[1])"])
    #expect(result.status == .exited(64))
    #expect(
      result.errors.contains("\(option[0]) \(option[1]): must be "), "\(result.errors)")
  }

  @Test("a schedule whose steps no run has is wrong usage, not a trap")
  func schedule() throws {
    for text in ["step:0.5,9223372036854775807", "step:0.5,0", "step:nan,1", "step:2,1"] {
      let result = try training.run("train", "digits", "--schedule", text)
      #expect(result.status == .exited(64), "\(result.errors)")
    }
    let classes = try training.run("summary", "mnist-conv", "--classes", "1073741824")
    #expect(classes.status == .exited(64))
    #expect(classes.errors.contains("--classes 1073741824: must be 1 to 65536"))
  }

  @Test("what is missing is fetched first, and that is said")
  func fetching() throws {
    guard let mirror = try Mirror() else { return }
    let result = try training.run(
      "train", "mnist", "--data", "data",
      environment: ["CONVFILTER_MIRROR": mirror.address("good"), "no_proxy": "127.0.0.1"])
    #expect(result.status == .exited(1))
    #expect(result.errors.hasPrefix("mnist is not in data; fetching 11.6 MB first\n"))
    #expect(result.errors.contains("The requested URL returned error: 404"), "\(result.errors)")
    #expect(mirror.requests.contains { $0.hasPrefix("/good/mnist/train-images-idx3-ubyte.gz") })
  }

  @Test("--find-rate draws the losses, recommends a rate and trains nothing")
  func rate() throws {
    let result = try training.run("train", "digits", "--find-rate", "--output", "m.safetensors")
    #expect(result.status == .exited(0), "\(result.errors)")
    let words = result.text.split(separator: " ").map(String.init)
    let rate = try #require(words.last.flatMap { Double($0.split(separator: "\n")[0]) })
    #expect(rate >= 1e-4 && rate <= 0.05, "\(result.text)")
    #expect(folder.files == ["m-rates.png"])
    let again = try training.run("train", "digits", "--find-rate", "--output", "m.safetensors")
    #expect(again.status == .exited(1) && again.errors.contains("exists already"))
    let json = try training.run(
      "train", "digits", "--find-rate", "--output", "m.safetensors", "--force", "--json")
    #expect(json.text.hasPrefix("{\"recommended\": \(rate), \"points\": [{\"rate\": 1e-06, "))
  }

  @Test("on a terminal a bar shows how far it is, and goes away")
  func bar() throws {
    let result = try CommandRunner.run(
      ["train", "digits", "--epochs", "2", "--output", folder("m.safetensors")],
      environment: ["TERM": "xterm"], terminal: true)
    #expect(result.status == .exited(0))
    #expect(result.errors.contains("epoch 1/2 "))
    #expect(result.errors.contains(" %  loss ") && result.errors.contains("images/s"))
    #expect(result.errors.contains("\r\u{1b}[K"))
  }
}
